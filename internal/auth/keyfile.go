package auth

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"segue/internal/fault"
)

// maxKeyFile is the most a key file can hold, in bytes.
const maxKeyFile = 64 << 10

// ParseKeys reads keys in the form "id:base64,id:base64", newest first; each is
// 32 bytes in standard base64 (`openssl rand -base64 32`). Line breaks may stand
// for commas.
func ParseKeys(s string) (*KeyRing, error) {
	var keys []Key
	fields := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '\n' || r == '\r' })
	for i, field := range fields {
		id, text, found := strings.Cut(strings.TrimSpace(field), ":")
		if !found {
			return nil, fault.New(fault.Invalid, fmt.Sprintf("Secret key %d is not of the form id:base64.", i+1), nil)
		}
		secret, err := base64.StdEncoding.DecodeString(text)
		if err != nil { // the cause would quote a part of the key
			return nil, fault.New(fault.Invalid, fmt.Sprintf("Secret key %d is not valid base64.", i+1), nil)
		}
		keys = append(keys, Key{ID: id, Secret: secret})
	}
	return NewKeyRing(keys...)
}

// LoadKeyRing reads the key file at path and makes one with a fresh key when
// there is none. It refuses a file that others may read and a damaged one: a
// silent new key would make every stored token unreadable.
func LoadKeyRing(path string) (*KeyRing, error) {
	text, err := readKeyFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeKeyFile(path); err == nil {
			text, err = readKeyFile(path)
		}
	}
	if err != nil {
		return nil, err
	}
	ring, err := ParseKeys(text)
	if err != nil {
		return nil, fault.New(fault.Invalid, fmt.Sprintf("The key file %s is damaged: %s "+
			"Put back a copy of it; without it stored logins cannot be read, and deleting it means that everybody logs in again.",
			path, fault.MessageOf(err)), nil)
	}
	return ring, nil
}

// readKeyFile passes fs.ErrNotExist through; its other errors are faults.
func readKeyFile(path string) (text string, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err != nil {
		return "", fault.New(fault.Invalid, fmt.Sprintf("The key file %s cannot be read.", path), err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return "", fault.New(fault.Invalid, fmt.Sprintf("The key file %s cannot be read.", path), err)
	}
	if !info.Mode().IsRegular() {
		return "", fault.New(fault.Invalid, fmt.Sprintf("The key file %s is not a plain file.", path), nil)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return "", fault.New(fault.Invalid, fmt.Sprintf(
			"The key file %s is open to other users (mode %#o). Run \"chmod 600 %s\" and start again.", path, mode, path), nil)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return "", fault.New(fault.Invalid, fmt.Sprintf("The key file %s cannot be read.", path), err)
	}
	return string(b), nil
}

// makeKeyFile writes beside the path and links into place: a crash leaves no
// half file, and of two processes that start at once the second keeps the first one's key.
func makeKeyFile(path string) error {
	secret := make([]byte, keySize)
	_, _ = rand.Read(secret) // never fails: the runtime stops the program instead
	line := "k-" + strings.ToLower(rand.Text()[:6]) + ":" + base64.StdEncoding.EncodeToString(secret) + "\n"
	if err := writeOnce(path, line); err != nil {
		return fault.New(fault.Invalid, fmt.Sprintf("The key file %s cannot be made. Is its folder there and writable?", path), err)
	}
	return nil
}

func writeOnce(path, text string) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".key-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(tmp.Name())) }()
	_, err = tmp.WriteString(text)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if err = os.Link(tmp.Name(), path); errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}
