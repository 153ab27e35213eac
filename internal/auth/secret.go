package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"log/slog"
	"strings"
)

// Secret is a text that must not be seen: a token, a client secret. Printing,
// logging and encoding it give "[redacted]"; only Reveal gives the text.
type Secret string

const redacted = "[redacted]"

// Reveal returns the text itself.
func (s Secret) Reveal() string { return string(s) }

// String returns "[redacted]", or "" for an empty secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString keeps %#v from showing the text.
func (s Secret) GoString() string { return s.String() }

// LogValue keeps slog from showing the text.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText keeps encoders (JSON among them) from showing the text.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Redact is a slog ReplaceAttr function: attributes whose key names a secret
// ("access_token", "Authorization", "Set-Cookie", …) lose their value.
func Redact(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() != slog.KindGroup && secretKey(strings.ToLower(a.Key)) {
		return slog.String(a.Key, redacted)
	}
	return a
}

func secretKey(key string) bool {
	switch key {
	case "code", "state", "code_verifier", "verifier":
		return true
	}
	for _, part := range []string{"token", "secret", "cookie", "authorization", "password", "api_key"} {
		if strings.Contains(key, part) {
			return true
		}
	}
	return false
}

// randomID returns 32 random bytes as 43 characters of base64url.
func randomID() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: the runtime stops the program instead
	return base64.RawURLEncoding.EncodeToString(b)
}

// hashID is what the store keeps of an id. The ids are random, so a plain hash is enough.
func hashID(id string) []byte {
	sum := sha256.Sum256([]byte(id))
	return sum[:]
}
