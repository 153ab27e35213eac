package main

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// clock is the wall clock of one process, which may go wrong. Programs read the
// time through a page of code that the kernel lends them, the vDSO (vdso(7));
// in the process's own copy of that page its function clock_gettime is replaced
// by one that asks the kernel and adds a number. So the program is the one that
// people run, Temporal's server and SQLite in it, and the machine's clock stays
// right. Only the wall clock is moved; the monotonic one cannot go wrong.
type clock struct {
	mu  sync.Mutex
	mem *os.File // of the running process; nil before the first
	at  int64    // where its number stands
	off time.Duration
}

// moved is clock_gettime(2) for linux/amd64, with the number behind it.
var moved = []byte{
	0xb8, 0xe4, 0, 0, 0, // mov eax, SYS_clock_gettime
	0x0f, 0x05, // syscall
	0x85, 0xff, // test edi, edi
	0x75, 0x0a, // jnz ret: not CLOCK_REALTIME
	0x48, 0x8b, 0x0d, 6, 0, 0, 0, // mov rcx, [number]
	0x48, 0x01, 0x0e, // add [rsi], rcx: tv_sec
	0xc3, // ret
	0, 0,
}

// errClock says that processes cannot be given clocks here.
var errClock = fmt.Errorf("%w: a process cannot be given a clock of its own", errSkip)

// start starts a program with this clock, before its first instruction.
func (c *clock) start(cmd *exec.Cmd) error {
	within, err := clockGettime()
	if err != nil {
		return errors.Join(errClock, err)
	}
	runtime.LockOSThread() // which traces the program
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true}
	if err := cmd.Start(); err != nil {
		return err
	}
	pid := cmd.Process.Pid
	var status syscall.WaitStatus
	if _, err = syscall.Wait4(pid, &status, 0, nil); err == nil {
		err = c.put(pid, within)
	}
	return errors.Join(err, syscall.PtraceDetach(pid))
}

// put gives a process that has not begun yet the clock.
func (c *clock) put(pid int, within uint64) error {
	page, _, err := vdso(pid)
	if err != nil {
		return err
	}
	mem, err := os.OpenFile(fmt.Sprintf("/proc/%d/mem", pid), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mem != nil {
		_ = c.mem.Close()
	}
	c.mem, c.at = mem, int64(page+within)+int64(len(moved))
	if _, err := mem.WriteAt(moved, int64(page+within)); err != nil {
		return err
	}
	return c.write()
}

// jump moves the clock of the running process, and of those after it.
func (c *clock) jump(by time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.off += by
	return c.write()
}

func (c *clock) write() error {
	seconds := uint64(c.off / time.Second)
	_, err := c.mem.WriteAt(binary.LittleEndian.AppendUint64(nil, seconds), c.at)
	return err
}

// vdso returns where the page lies in a process, and its size; pid 0 is this one.
func vdso(pid int) (from, size uint64, err error) {
	of := "self"
	if pid > 0 {
		of = fmt.Sprint(pid)
	}
	maps, err := os.ReadFile("/proc/" + of + "/maps")
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(maps)) {
		var to uint64
		if strings.HasSuffix(strings.TrimSpace(line), "[vdso]") {
			_, err := fmt.Sscanf(line, "%x-%x", &from, &to)
			return from, to - from, err
		}
	}
	return 0, 0, errors.New("there is no vDSO")
}

// clockGettime returns where the function lies within the page, which is the same in all processes.
func clockGettime() (uint64, error) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		return 0, errors.New("only on linux/amd64")
	}
	from, size, err := vdso(0)
	if err != nil {
		return 0, err
	}
	mem, err := os.Open("/proc/self/mem")
	if err != nil {
		return 0, err
	}
	defer func() { _ = mem.Close() }()
	page := make([]byte, size)
	if _, err := mem.ReadAt(page, int64(from)); err != nil {
		return 0, err
	}
	image, err := elf.NewFile(bytes.NewReader(page))
	if err != nil {
		return 0, err
	}
	symbols, err := image.DynamicSymbols()
	if err != nil {
		return 0, err
	}
	for _, s := range symbols {
		if s.Name == "__vdso_clock_gettime" && s.Size >= uint64(len(moved)+8) {
			return s.Value, nil
		}
	}
	return 0, errors.New("the vDSO has no clock_gettime")
}
