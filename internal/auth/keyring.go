package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"

	"segue/internal/fault"
)

// keySize is the length of a key in bytes: AES-256.
const keySize = 32

// sealVersion is the first byte of everything sealed; another layout gets another number.
const sealVersion = 1

var keyID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)

// Key is one master key: 32 random bytes under a name of 1 to 32 letters,
// digits, "-" and "_".
type Key struct {
	ID     string
	Secret []byte
}

// KeyRing seals and opens bytes with AES-256-GCM. The first key seals, all of
// them open, so a key is rotated by putting a new one in front. The key itself
// encrypts nothing: each purpose has its own sub-key (HKDF-SHA-256).
type KeyRing struct {
	keys []Key
}

// NewKeyRing checks the keys and makes a ring of them. Its faults are sentences
// for the operator and hold no key material.
func NewKeyRing(keys ...Key) (*KeyRing, error) {
	if len(keys) == 0 {
		return nil, fault.New(fault.Invalid, "There is no secret key.", nil)
	}
	seen := make(map[string]bool, len(keys))
	for i, k := range keys {
		if err := checkKey(k); err != nil {
			return nil, fault.New(fault.Invalid, fmt.Sprintf("Secret key %d of %d cannot be used: %s.", i+1, len(keys), err), nil)
		}
		if seen[k.ID] {
			return nil, fault.New(fault.Invalid, fmt.Sprintf("Two secret keys have the id %q; every key needs its own.", k.ID), nil)
		}
		seen[k.ID] = true
	}
	return &KeyRing{keys: keys}, nil
}

func checkKey(k Key) error {
	if !keyID.MatchString(k.ID) {
		return errors.New("its id must be 1 to 32 letters, digits, - or _")
	}
	if len(k.Secret) != keySize {
		return fmt.Errorf("it must be %d bytes, not %d", keySize, len(k.Secret))
	}
	distinct := make(map[byte]bool)
	for _, b := range k.Secret {
		distinct[b] = true
	}
	if len(distinct) < keySize/4 { // a placeholder; random bytes have about 30
		return errors.New("it is not random")
	}
	return nil
}

// Seal encrypts plain for a purpose and binds it to aad: Open needs the same
// purpose and aad. The answer is version, key id, nonce, ciphertext; the first two are bound too.
func (k *KeyRing) Seal(purpose string, plain, aad []byte) ([]byte, error) {
	key := k.keys[0]
	aead, err := key.aead(purpose)
	if err != nil {
		return nil, err
	}
	header := append([]byte{sealVersion, byte(len(key.ID))}, key.ID...)
	return aead.Seal(header, nil, plain, bind(header, aad)), nil //nolint:gosec // no nonce is given: this AEAD draws its own
}

// Open decrypts what Seal made, with whichever key it was sealed. It fails for
// a damaged value, one moved from elsewhere, and one whose key is gone.
func (k *KeyRing) Open(purpose string, sealed, aad []byte) ([]byte, error) {
	header, box, ok := splitSealed(sealed)
	if !ok {
		return nil, errors.New("open sealed bytes: not a sealed value")
	}
	id := string(header[2:])
	for _, key := range k.keys {
		if key.ID != id {
			continue
		}
		aead, err := key.aead(purpose)
		if err != nil {
			return nil, err
		}
		plain, err := aead.Open(nil, nil, box, bind(header, aad))
		if err != nil {
			return nil, fmt.Errorf("open sealed bytes for %s: %w", purpose, err)
		}
		return plain, nil
	}
	return nil, fmt.Errorf("open sealed bytes: no key with id %q", id)
}

// Cookies returns keys for securecookie and gorilla/sessions: pairs of a hash
// key (64 bytes) and a block key (32 bytes), the sealing key's pair first.
func (k *KeyRing) Cookies(purpose string) ([][]byte, error) {
	var pairs [][]byte
	for _, key := range k.keys {
		hash, err := key.derive("cookie-hash/"+purpose, 64)
		if err != nil {
			return nil, err
		}
		block, err := key.derive("cookie-block/"+purpose, keySize)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, hash, block)
	}
	return pairs, nil
}

func (k Key) aead(purpose string) (cipher.AEAD, error) {
	sub, err := k.derive("seal/"+purpose, keySize)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(sub)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func (k Key) derive(purpose string, size int) ([]byte, error) {
	sub, err := hkdf.Key(sha256.New, k.Secret, nil, "segue/"+purpose, size)
	if err != nil {
		return nil, fmt.Errorf("derive key for %s: %w", purpose, err)
	}
	return sub, nil
}

// bind copies, because append to the header could write into the sealed bytes behind it.
func bind(header, aad []byte) []byte {
	return append(append(make([]byte, 0, len(header)+len(aad)), header...), aad...)
}

func splitSealed(sealed []byte) (header, box []byte, ok bool) {
	if len(sealed) < 2 || sealed[0] != sealVersion || len(sealed) < 2+int(sealed[1]) {
		return nil, nil, false
	}
	end := 2 + int(sealed[1])
	return sealed[:end:end], sealed[end:], true
}
