package auth

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestSec25_ASecretIsNeverShown(t *testing.T) {
	t.Parallel()
	const canary = "CANARY"
	held := struct{ Token Secret }{Secret(canary)}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		fmt.Fprintf(&out, verb+" "+verb+"\n", held.Token, held)
	}
	if err := json.NewEncoder(&out).Encode(held); err != nil {
		t.Fatal(err)
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "a", held.Token, "b", held)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "a", held.Token, "b", held)
	hex := fmt.Sprintf("%x", canary)
	if text := out.String(); strings.Contains(text, canary) || strings.Contains(text, hex) {
		t.Fatalf("the secret shows:\n%s", text)
	}
	if held.Token.Reveal() != canary {
		t.Fatal("Reveal does not")
	}
}

func TestSec25_RedactHidesValuesByTheirKey(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{ReplaceAttr: Redact}))
	logger.Info("call",
		"access_token", "CANARY", "Set-Cookie", "CANARY", "code", "CANARY", "Authorization", "CANARY",
		slog.Group("token", "client_secret", "CANARY", "kind", "shown"), "status", 200)
	text := out.String()
	if strings.Contains(text, "CANARY") {
		t.Errorf("a canary shows: %s", text)
	}
	for _, want := range []string{`"kind":"shown"`, `"status":200`, `"msg":"call"`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing in %s", want, text)
		}
	}
}

func TestSec03_IdsAre32RandomBytes(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		seen[randomID()] = true
	}
	if len(seen) != 1000 {
		t.Fatal("ids repeat")
	}
	for id := range seen {
		if len(id) != 43 || len(hashID(id)) != 32 {
			t.Fatalf("id %q", id)
		}
	}
}
