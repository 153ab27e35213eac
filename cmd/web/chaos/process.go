package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is a program that may be ended and started again with the same words.
type process struct {
	path  string
	args  []string
	env   []string
	url   string // where it answers
	ask   string // the path that says it is ready
	log   string // file for what it writes
	trap  string // the failpoint that is armed, "name=n"; "" for none
	clock *clock // of its own; nil is the machine's

	mu     sync.Mutex
	cmd    *exec.Cmd
	ended  chan struct{} // closed when cmd has ended
	wanted bool          // its end was our doing
	logged int64         // what earlier lives have written
}

// start runs the program and returns once it answers.
func (p *process) start(ctx context.Context) error {
	began := time.Now()
	if err := p.launch(); err != nil {
		return err
	}
	for time.Since(began) < time.Minute && ctx.Err() == nil {
		if answers(ctx, p.url+p.ask) {
			return nil
		}
		select {
		case <-p.ended:
			return fmt.Errorf("the program ended instead of answering, see %s", p.log)
		case <-time.After(10 * time.Millisecond):
		}
	}
	return errors.Join(ctx.Err(), fmt.Errorf("no answer from %s in a minute, see %s", p.url, p.log))
}

// launch starts the program without waiting for it.
func (p *process) launch() error {
	out, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }() // the child has its own
	before, err := out.Stat()
	if err != nil {
		return err
	}
	cmd := exec.Command(p.path, p.args...) //nolint:gosec,noctx // our own program, ended by end
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "SEGUE_FAILPOINT=" + p.trap}, p.env...)
	cmd.Stdout, cmd.Stderr = out, out
	begin := cmd.Start
	if p.clock != nil {
		begin = func() error { return p.clock.start(cmd) }
	}
	if err := begin(); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	ended := make(chan struct{})
	p.cmd, p.ended, p.wanted, p.logged = cmd, ended, false, before.Size()
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	return nil
}

// signal sends a signal to the running program.
func (p *process) signal(s syscall.Signal) error { return p.cmd.Process.Signal(s) }

// end sends a signal that ends the program and waits for that; it returns the
// time it took and the exit code, -1 for a killed one.
func (p *process) end(s syscall.Signal) (time.Duration, int) {
	p.mu.Lock()
	p.wanted = true
	p.mu.Unlock()
	began := time.Now()
	_ = p.signal(s) // it may have ended already
	select {
	case <-p.ended:
	case <-time.After(time.Minute):
		_ = p.signal(syscall.SIGKILL)
		<-p.ended
	}
	return time.Since(began), p.cmd.ProcessState.ExitCode()
}

// diedAlone reports whether the program has ended without being told to.
func (p *process) diedAlone() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.ended:
		return !p.wanted
	default:
		return false
	}
}

// trapped reports whether the program, which has ended, died at the failpoint:
// it was killed, and had said that it would be.
func (p *process) trapped() bool {
	status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() || status.Signal() != syscall.SIGKILL {
		return false
	}
	text, err := os.ReadFile(p.log)
	name, _, _ := strings.Cut(p.trap, "=")
	return err == nil && bytes.Contains(text[p.logged:], []byte("failpoint "+name+": "))
}

func answers(ctx context.Context, url string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, err := get(ctx, http.DefaultClient, url)
	return err == nil
}

func freeAddress(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// newSpotify describes an emulated Spotify, a process of its own so that the
// end of Segue never touches it.
func newSpotify(ctx context.Context, dir, catalogue string, seed uint64) (*process, error) {
	addr, err := freeAddress(ctx)
	return &process{
		path: program(), url: "http://" + addr, ask: "/_emulator/knobs", log: filepath.Join(dir, "spotify.log"),
		args: []string{
			"emulator", "-addr", addr, "-profile", "dev2026", "-catalogue", catalogue, "-state", filepath.Join(dir, "spotify.json"),
			"-seed", fmt.Sprint(seed), "-latency", "30ms,20ms,30ms",
		},
	}, err
}

// newSegue describes a Segue on a folder, in front of an emulated Spotify.
func newSegue(ctx context.Context, dir, log, spotify string) (*process, error) {
	addr, err := freeAddress(ctx)
	return &process{
		path: program(), url: "http://" + addr, ask: "/healthz", log: log,
		env: []string{
			"ADDR=" + addr, "DATA_DIR=" + dir, "LOG_LEVEL=warn", "LIMIT_MESSAGES=1000000", "LIMIT_STREAMS=2000",
			"SPOTIFY_CLIENT_ID=chaos", "SPOTIFY_API_URL=" + spotify + "/v1/", "SPOTIFY_ACCOUNTS_URL=" + spotify,
		},
	}, err
}
