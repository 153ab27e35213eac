package auth

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"segue/internal/fault"
)

func TestSec23_SealedBytesOpenOnlyInTheirPlace(t *testing.T) {
	t.Parallel()
	ring := testRing(t, "k1")
	aad := place("tokens", "access", "ada")
	sealed, err := ring.Seal("tokens", []byte("plain"), aad)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("plain")) {
		t.Fatal("the sealed bytes show the plain ones")
	}
	if got, err := ring.Open("tokens", sealed, aad); err != nil || string(got) != "plain" {
		t.Fatalf("Open = %q, %v", got, err)
	}
	flip := func(i int) []byte {
		b := bytes.Clone(sealed)
		b[i] ^= 1
		return b
	}
	tests := []struct {
		name    string
		ring    *KeyRing
		purpose string
		sealed  []byte
		aad     []byte
	}{
		{"another purpose", ring, "logins", sealed, aad},
		{"another row", ring, "tokens", sealed, place("tokens", "access", "ben")},
		{"another column", ring, "tokens", sealed, place("tokens", "refresh", "ada")},
		{"another key", testRing(t, "k2"), "tokens", sealed, aad},
		{"a changed key id", testRing(t, "k1", "j1"), "tokens", flip(2), aad},
		{"a changed version", ring, "tokens", flip(0), aad},
		{"a changed nonce", ring, "tokens", flip(4), aad},
		{"a changed end", ring, "tokens", flip(len(sealed) - 1), aad},
		{"cut short", ring, "tokens", sealed[:len(sealed)-1], aad},
		{"only a header", ring, "tokens", sealed[:4], aad},
		{"half a header", ring, "tokens", sealed[:3], aad},
		{"nothing", ring, "tokens", nil, aad},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, err := tt.ring.Open(tt.purpose, tt.sealed, tt.aad); err == nil {
				t.Fatalf("opened as %q", got)
			}
		})
	}
}

func TestSec23_SameKeyIDWithAnotherSecretOpensNothing(t *testing.T) {
	t.Parallel()
	sealed, err := testRing(t, "k1").Seal("p", []byte("x"), nil)
	if err != nil {
		t.Fatal(err)
	}
	secret := bytes.Clone(testRing(t, "k1").keys[0].Secret)
	secret[0] ^= 1
	other, err := NewKeyRing(Key{ID: "k1", Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Open("p", sealed, nil); err == nil {
		t.Fatal("opened with another secret")
	}
}

func TestSec23_ANewFirstKeySealsAndOldOnesStillOpen(t *testing.T) {
	t.Parallel()
	before, after := testRing(t, "old"), testRing(t, "new", "old")
	sealed, err := before.Seal("p", []byte("x"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := after.Open("p", sealed, nil); err != nil || string(got) != "x" {
		t.Fatalf("after the rotation: %q, %v", got, err)
	}
	resealed, err := after.Seal("p", []byte("x"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := before.Open("p", resealed, nil); err == nil {
		t.Fatal("the old key still seals")
	}
}

func TestCookieKeysDifferByPurposeAndKey(t *testing.T) {
	t.Parallel()
	ring := testRing(t, "k1", "k2")
	seen := map[string]bool{}
	for _, purpose := range []string{"session", "flash"} {
		pairs, err := ring.Cookies(purpose)
		if err != nil {
			t.Fatal(err)
		}
		if len(pairs) != 4 || len(pairs[0]) != 64 || len(pairs[1]) != 32 {
			t.Fatalf("%s: unexpected shape of %d pairs", purpose, len(pairs))
		}
		for _, key := range pairs {
			seen[string(key)] = true
		}
	}
	if len(seen) != 8 {
		t.Fatalf("%d distinct keys, want 8", len(seen))
	}
}

func TestParseKeys(t *testing.T) {
	t.Parallel()
	good := base64.StdEncoding.EncodeToString(testRing(t, "k1").keys[0].Secret)
	tests := []struct {
		name, text, want string // want is a part of the refusal; "" = accepted
	}{
		{"one", "k1:" + good, ""},
		{"two, spaced, by lines", " k1:" + good + " ,\n k2:" + good + "\n", ""},
		{"none", "", "no secret key"},
		{"no id", good, "form id:base64"},
		{"empty id", ":" + good, "its id must be"},
		{"bad id", "k 1:" + good, "its id must be"},
		{"same id twice", "k1:" + good + ",k1:" + good, `have the id "k1"`},
		{"not base64", "k1:" + good[:20] + "!", "not valid base64"},
		{"too short", "k1:" + base64.StdEncoding.EncodeToString([]byte("short")), "must be 32 bytes, not 5"},
		{"placeholder", "k1:" + base64.StdEncoding.EncodeToString(make([]byte, 32)), "not random"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseKeys(tt.text)
			if tt.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			wantKind(t, err, fault.Invalid)
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%q does not say %q", err, tt.want)
			}
			if strings.Contains(err.Error(), good[:8]) {
				t.Errorf("%q shows the key", err)
			}
		})
	}
}

func TestLoadKeyRingMakesAPrivateFileOnceAndReadsItAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "secret.key")
	first, err := LoadKeyRing(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	sealed, err := first.Seal("p", []byte("x"), nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := LoadKeyRing(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again.Open("p", sealed, nil); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Fatalf("leftovers: %v", entries)
	}
}

func TestLoadKeyRingFromManyStartsAtOnceGivesOneKey(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secret.key")
	ids := make([]string, 8)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			if ring, err := LoadKeyRing(path); err != nil {
				t.Error(err)
			} else {
				ids[i] = ring.keys[0].ID
			}
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("different keys: %v", ids)
		}
	}
}

func TestAKeyFileIsNeverWrittenOver(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secret.key")
	for _, text := range []string{"first", "second"} {
		if err := writeOnce(path, text); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := readKeyFile(path); err != nil || got != "first" {
		t.Fatalf("%q, %v", got, err)
	}
}

func TestSec34_LoadKeyRingRefuses(t *testing.T) {
	t.Parallel()
	good := "k1:" + base64.StdEncoding.EncodeToString(testRing(t, "k1").keys[0].Secret)
	write := func(text string, mode os.FileMode) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			t.Helper()
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := []struct {
		name  string
		setup func(*testing.T, string)
		want  string
	}{
		{"readable by others", write(good, 0o644), "chmod 600"},
		{"readable by the group", write(good, 0o640), "chmod 600"},
		{"empty", write("", 0o600), "is damaged"},
		{"cut", write(good[:30], 0o600), "is damaged"},
		{"noise", write("\x00\xff", 0o600), "is damaged"},
		{"a folder", func(t *testing.T, path string) {
			t.Helper()
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, "not a plain file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "secret.key")
			tt.setup(t, path)
			_, err := LoadKeyRing(path)
			wantKind(t, err, fault.Invalid)
			if message := fault.MessageOf(err); !strings.Contains(message, tt.want) || !strings.Contains(message, path) {
				t.Errorf("%q does not say %q and the path", message, tt.want)
			}
		})
	}
	_, err := LoadKeyRing(filepath.Join(t.TempDir(), "no", "such", "folder"))
	wantKind(t, err, fault.Invalid)
}
