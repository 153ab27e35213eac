package e2e

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// segue is one program with its folder; it may be killed and started again.
type segue struct {
	t             *testing.T
	dir, url, spy string // spy is the control address of the emulated Spotify
	env           []string
	cmd           *exec.Cmd
	out           *buffer
}

// buffer collects what a process writes.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// program returns the path of the built program.
func program(t *testing.T) string {
	t.Helper()
	path := os.Getenv("SEGUE_BIN")
	if path == "" {
		path = "../../../bin/web"
	}
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("no program at %s: make build", path)
		}
		t.Skipf("no program at %s: make build", path)
	}
	return path
}

func freeAddress(t *testing.T) string {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func newSegue(t *testing.T, env ...string) *segue {
	t.Helper()
	addr, emulated := freeAddress(t), freeAddress(t)
	s := &segue{t: t, dir: t.TempDir(), url: "http://" + addr, spy: "http://" + emulated}
	s.env = append([]string{"PATH=" + os.Getenv("PATH"), "ADDR=" + addr, "EMULATOR_ADDR=" + emulated, "DATA_DIR=" + s.dir}, env...)
	s.start()
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("the program wrote:\n%s", s.out)
		}
	})
	return s
}

// start runs the program until it answers.
func (s *segue) start() {
	s.t.Helper()
	s.out = &buffer{}
	s.cmd = exec.Command(program(s.t)) //nolint:noctx // our own program, ended by kill
	s.cmd.Env, s.cmd.Stdout, s.cmd.Stderr = s.env, s.out, s.out
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	for range 600 {
		if answer, err := http.Get(s.url + "/healthz"); err == nil { //nolint:noctx // loopback
			_ = answer.Body.Close()
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.t.Fatalf("the program did not answer:\n%s", s.out)
}

// kill is kill -9.
func (s *segue) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// interrupt is Ctrl-C; it returns the exit code and how long it took.
func (s *segue) interrupt() (int, time.Duration) {
	s.t.Helper()
	began := time.Now()
	if err := s.cmd.Process.Signal(syscall.SIGINT); err != nil {
		s.t.Fatal(err)
	}
	_ = s.cmd.Wait()
	return s.cmd.ProcessState.ExitCode(), time.Since(began)
}

// times returns how often a title stands in a playlist, as Spotify sees it.
func (s *segue) times(playlist, title string) int {
	s.t.Helper()
	answer, err := http.Get(s.spy + "/_emulator/state") //nolint:noctx // loopback
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var state struct {
		Playlists []struct {
			Name string
			Rows []struct{ Title string }
		}
	}
	if err := json.NewDecoder(answer.Body).Decode(&state); err != nil {
		s.t.Fatal(err)
	}
	n := 0
	for _, p := range state.Playlists {
		for _, row := range p.Rows {
			if p.Name == playlist && strings.HasPrefix(row.Title, title) {
				n++
			}
		}
	}
	return n
}

// refuses runs the program where it cannot work and returns what it says.
func refuses(t *testing.T, env ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program(t))
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, env...)
	out, err := cmd.CombinedOutput()
	if err == nil || cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("exit code %d, want 1:\n%s", cmd.ProcessState.ExitCode(), out)
	}
	return string(out)
}
