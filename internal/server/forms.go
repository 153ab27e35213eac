package server

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"segue/internal/agent"
	"segue/internal/fault"
)

const (
	maxBody = 128 << 10 // 10,000 characters of four bytes, each sent as %XX
	maxKey  = 64        // characters of an idempotency key
)

// readForm parses the body of an unsafe request before any handler sees it, so
// that a body too large is a 413 and not a form with fields missing. A list may be
// larger: its handler reads it itself, once it knows the person.
func readForm(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.Method == http.MethodGet || r.Method == http.MethodHead || forPrograms(r) || r.URL.Path == importPath {
			return next(c)
		}
		if kind := r.Header.Get("Content-Type"); kind != "" {
			if media, _, err := mime.ParseMediaType(kind); err != nil || media != "application/x-www-form-urlencoded" {
				return echo.NewHTTPError(http.StatusUnsupportedMediaType)
			}
		}
		r.Body = http.MaxBytesReader(c.Response(), r.Body, maxBody)
		err := r.ParseForm()
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return echo.NewHTTPError(http.StatusRequestEntityTooLarge).SetInternal(err)
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return fault.New(fault.Invalid, "", err)
		}
		return next(c)
	}
}

// field returns a form field of the body; what stands in the query does not count.
func field(c echo.Context, name string) string { return c.Request().PostForm.Get(name) }

// messageText reads a message as typed. The fault's sentence stands beside the
// composer, which keeps kept: the text with what cannot be sent taken out.
func messageText(typed string) (text, kept string, err error) {
	typed = strings.ReplaceAll(typed, "\r\n", "\n") // forms send CRLF
	kept = sendable(typed)
	invalid := func(sentence string) (string, string, error) {
		return "", kept, fault.New(fault.Invalid, sentence, nil)
	}
	n := utf8.RuneCountInString(typed)
	switch {
	case !utf8.ValidString(typed):
		return invalid("Some of this is not readable text. The rest is kept below: look it over and send it again.")
	case strings.ContainsFunc(typed, unsendable):
		return invalid("This had control characters in it. They are taken out below: look it over and send it again.")
	case !strings.ContainsFunc(typed, visible):
		kept = ""
		return invalid("Write a message first, for example: add Bohemian Rhapsody by Queen to Road Trip.")
	case n > agent.MaxMessage:
		return invalid(fmt.Sprintf("This message has %s characters; %s is the most. Shorten it or send it in parts.", thousands(n), thousands(agent.MaxMessage)))
	}
	return strings.TrimSpace(typed), typed, nil
}

// sendable returns s without what no message can hold.
func sendable(s string) string {
	return strings.Map(func(r rune) rune {
		if unsendable(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// shortened returns the first n characters of s.
func shortened(s string, n int) string {
	if runes := []rune(s); len(runes) > n {
		return string(runes[:n])
	}
	return s
}

func unsendable(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }

func visible(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }

func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

// formKey returns the idempotency key of a form; one without any gets its own,
// so that it is accepted once per request.
func formKey(c echo.Context) (string, error) {
	key := field(c, "key")
	if key == "" {
		return newKey(), nil
	}
	if len(key) > maxKey || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", fault.New(fault.Invalid, "This form is damaged. Load the page again and send it once more.", nil)
	}
	return key, nil
}

// newKey makes the idempotency key of one rendered form.
func newKey() string { return rand.Text() }

func randomText(n int) string { return rand.Text()[:n] }
