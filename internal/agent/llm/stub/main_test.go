package stub_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"segue/internal/agent/llm/stub"
)

func TestAModelOfItsOwnKeepsToItsRules(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "rules.json")
	rules := `[{"ask":"^hi$","replies":[{"calls":[{"name":"f","arguments":"{}"}]},{"text":"That was it."}]},{"ask":"","replies":[{"text":"What?"}]}]`
	if err := os.WriteFile(file, []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	in, out := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- stub.Main(ctx, []string{"-rules", file, "-latency", "1ms", "-pace", "0"}, out) }()
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	base := strings.TrimSpace(line[strings.Index(line, "http"):])
	for body, want := range map[string]string{
		sound: `"content":"That "`,
		`{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}`:  `"name":"f"`,
		`{"model":"m","stream":true,"messages":[{"role":"user","content":"huh"}]}`: "What?",
	} {
		if got := ask(t, base, body); !strings.Contains(got, want) {
			t.Errorf("%s\nwas answered\n%s", body, got)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func ask(t *testing.T, base, body string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/chat/completions", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAModelThatCannotServeSaysWhy(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "rules.json")
	if err := os.WriteFile(file, []byte(`[{"ask":"(","replies":[{}]}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"-rules", "nowhere.json"}, {"-rules", file}, {"-nonsense"}} {
		if err := stub.Main(t.Context(), args, io.Discard); err == nil {
			t.Errorf("%q was taken", args)
		}
	}
}
