package emulator

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"math/bits"
	"strings"
	"sync/atomic"
)

// dice yields repeatable numbers: the same seed gives the same throws in the same order.
type dice struct {
	seed   uint64
	throws atomic.Uint64
}

func newDice(seed int64) *dice { return &dice{seed: mix(uint64(seed) + 1)} }

// mix is the finaliser of splitmix64.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func fraction(x uint64) float64 { return float64(x>>11) / (1 << 53) }

// throw returns the next number in [0, 1).
func (d *dice) throw() float64 { return fraction(mix(d.seed + d.throws.Add(1)*0x9e3779b97f4a7c15)) }

// of returns a number that depends on the seed and the words only.
func (d *dice) of(words ...string) uint64 {
	h := d.seed
	for _, w := range words {
		for i := range len(w) {
			h = (h ^ uint64(w[i])) * 0x100000001b3
		}
		h = mix(h + 0x9e3779b97f4a7c15)
	}
	return h
}

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// makeID derives a 22-character base62 id from what the object is.
func makeID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	hi, lo := binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16])
	var out [22]byte
	for i := len(out) - 1; i >= 0; i-- {
		var rest uint64
		hi, rest = hi/62, hi%62
		lo, rest = bits.Div64(rest, lo, 62)
		out[i] = base62[rest]
	}
	return string(out[:])
}

// isID reports whether s has the form of an object id.
func isID(s string) bool {
	return len(s) == 22 && strings.Trim(s, base62) == ""
}

// secret returns an unguessable token; tokens are the one thing a seed must not repeat.
func secret(prefix string) string {
	var b [24]byte
	_, _ = rand.Read(b[:]) // never fails
	return prefix + base64.RawURLEncoding.EncodeToString(b[:])
}
