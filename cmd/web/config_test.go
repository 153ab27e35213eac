package main

import (
	"strings"
	"testing"

	"segue/internal/auth"
)

// environment is a getenv of a map.
func environment(set map[string]string) func(string) string {
	return func(name string) string { return set[name] }
}

func TestWhoMayOpenTheAdminPages(t *testing.T) {
	t.Parallel()
	ada := auth.Person{SpotifyID: "ada_emu", AccountID: "acc"}
	for name, c := range map[string]struct {
		set  map[string]string
		want auth.Role
	}{
		"demo":            {nil, auth.Admin},
		"a real Spotify":  {map[string]string{"SPOTIFY_CLIENT_ID": "x"}, auth.Nobody},
		"demo, and named": {map[string]string{"ADMIN_USERS": "acc:viewer"}, auth.Viewer},
		"named":           {map[string]string{"SPOTIFY_CLIENT_ID": "x", "ADMIN_USERS": "ben, ada_emu:operator"}, auth.Operator},
	} {
		config, err := readConfig(environment(c.set))
		if got := config.roles.Of(ada); err != nil || got != c.want {
			t.Errorf("%s: %s, want %s; %v", name, got, c.want, err)
		}
	}
}

func TestWhereTemporalShowsWorkflows(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"": "", "https://temporal.example": "https://temporal.example/namespaces/a%2Fb/workflows",
		"https://cloud.example/ui/": "https://cloud.example/ui/namespaces/a%2Fb/workflows", "http://127.0.0.1:8233": "http://127.0.0.1:8233/namespaces/a%2Fb/workflows",
		"http://localhost:8233": "http://localhost:8233/namespaces/a%2Fb/workflows", "http://[::1]:8233": "http://[::1]:8233/namespaces/a%2Fb/workflows",
	} {
		c, err := readConfig(environment(map[string]string{"TEMPORAL_UI_URL": base, "TEMPORAL_NAMESPACE": "a/b"}))
		if err != nil || c.temporalUI != want {
			t.Errorf("%s: %q, %v", base, c.temporalUI, err)
		}
	}
	for _, base := range []string{
		"http://temporal.example", "ftp://127.0.0.1", "javascript:alert(1)", "temporal", "https://", "https://ada:s3cret@temporal.example",
		"https://temporal.example?token=s3cret", "https://temporal.example#x", "http://127.0.0.1.example", "//temporal.example",
	} {
		_, err := readConfig(environment(map[string]string{"TEMPORAL_UI_URL": base}))
		if err == nil || !strings.Contains(err.Error(), "TEMPORAL_UI_URL") || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", base, err)
		}
	}
}

func TestWhatCannotWorkIsRefusedAtTheStart(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{
		"ADMIN_USERS": "ada:boss", "ALERT_WEBHOOK_URL": "http://alerts.example/s3cret", "LETTER_DAYS": "0",
		"AGENT_ROLLOUT": "solo=1", "MODEL_SEES_CATALOGUE": "perhaps", "OPENAI_BASE_URL": "http://127.0.0.1:1/v1",
	} {
		_, err := readConfig(environment(map[string]string{name: value}))
		if err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
