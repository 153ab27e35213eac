package main

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"segue/internal/alert"
	"segue/internal/apple"
	"segue/internal/auth"
	"segue/internal/fetch"
	"segue/internal/match"
	"segue/internal/mcp"
	"segue/internal/server"
)

// config is what the environment says. No other package can see it.
type config struct {
	addr      string // listen address of the pages
	publicURL string // how browsers reach us, without a trailing slash
	dataDir   string
	secrets   string // key ring in text form; "" = the key file
	logLevel  slog.Level

	temporalAddress, temporalNamespace string // "" = the embedded server
	temporalUI                         string // where Temporal's own pages show the namespace's workflows; "" = nowhere

	clientID, clientSecret string // "" = the emulated Spotify
	apiURL, accountsURL    string
	emulator               emulatorConfig
	limits                 server.Limits
	strategies             match.Mix
	roles                  auth.Roles     // of the admin pages
	alerts                 *alert.Webhook // nil = nobody is told of dead letters
	keepLetters            time.Duration  // once they are resolved or discarded
	model                  modelConfig
	places                 []mcp.Place // servers whose tools the model may use
	apple                  *apple.Client
	lists                  *fetch.Client // reads lists of schedules
}

// emulatorConfig is for demo mode and tests.
type emulatorConfig struct {
	addr    string // "" = the port after that of the pages, or a free one
	latency string // search,read,write
}

// variable describes one name of the environment for the help text.
type variable struct{ name, otherwise, meaning string }

func variables() []variable {
	return []variable{
		{"ADDR", "127.0.0.1:8080", "listen address"},
		{"PUBLIC_URL", "http://ADDR", "how browsers reach Segue; Spotify must know PUBLIC_URL/callback"},
		{"DATA_DIR", "./data", "where app.db, temporal-<hash>.db and the key file live"},
		{"SECRET_KEYS", "", "id:base64,id:base64 (32 bytes each), instead of the key file"},
		{"LOG_LEVEL", "info", "debug, info, warn or error"},
		{"TEMPORAL_ADDRESS", "", "host:port of a Temporal server; empty = the embedded one"},
		{"TEMPORAL_NAMESPACE", "default", "namespace there"},
		{"TEMPORAL_UI_URL", "", "Temporal's own pages, which dead letters then link to; https, or on this machine"},
		{"SPOTIFY_CLIENT_ID", "", "empty = the emulated Spotify (demo)"},
		{"SPOTIFY_CLIENT_SECRET", "", "optional: PKCE works without one"},
		{"SPOTIFY_API_URL", "Spotify's", "another Web API, such as web emulator"},
		{"SPOTIFY_ACCOUNTS_URL", "Spotify's", "another accounts service"},
		{"LIMIT_MESSAGES", "20", "messages per minute and person"},
		{"LIMIT_CALLS", "60", "calls of the API per minute and personal token"},
		{"LIMIT_STREAMS", "20", "open event streams per person"},
		{"LIMIT_VIEWERS", "20", "of shared links: open event streams per address"},
		{"MATCH_STRATEGY", "thorough", "thorough, exact or frugal; or shares of the runs: thorough=80,frugal=20"},
		{"ADMIN_USERS", "the first demo listener, in the demo", "id or id:role, comma between: Spotify account ids that may open /admin; role viewer, operator or admin"},
		{"ALERT_WEBHOOK_URL", "", "https address that is told of dead letters"},
		{"LETTER_DAYS", "90", "how long dead letters stay once they are resolved or discarded"},
		{"OPENAI_API_KEY", "", "key of the language model; a server of one's own may need none"},
		{"OPENAI_BASE_URL", "OpenAI's", "another server with OpenAI's API, up to /v1"},
		{"OPENAI_MODEL", "", "name of the language model; empty = messages are understood by rules alone"},
		{"AGENT_ROLLOUT", "single", "single, crew or rules; or shares of the people: crew=20,single=80"},
		{"MODEL_SEES_CATALOGUE", "false", "true shows the model names of songs and playlists; every change is then asked about"},
		{"MODEL_SETTLES", "false", "true lets a model that sees the catalogue decide which recording is meant when it is sure; false puts its choice first"},
		{"MODEL_TOKENS_A_DAY", "500000", "tokens that the model may cost each person in a day (UTC); 0 = any number"},
		{"MODEL_TIME_A_DAY", "1h", "time that it may take for each person in a day; 0s = any"},
		{"APPLE_LOOKUP_URL", "Apple's", "another lookup service for Apple Music links, on this machine"},
		{"SCHEDULE_HOSTS", strings.Join(fetch.Hosts(), ","), "hosts that lists of schedules are read from, comma between; *.example.com is all below; none = no lists by address"},
		{"MCP_SERVERS", "", "programs whose tools the model may use: name=command args;name2=https://host/mcp"},
		{"EMULATOR_ADDR", "the port after ADDR's", "listen address of the emulated Spotify"},
		{"EMULATOR_LATENCY", "120ms,60ms,80ms", "what searching, reading and writing take there"},
	}
}

func describeEnvironment(out io.Writer) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, v := range variables() {
		_, _ = fmt.Fprintf(table, "  %s\t%s\t%s\n", v.name, v.otherwise, v.meaning)
	}
	_ = table.Flush()
}

// readConfig reads the environment and refuses what cannot work.
func readConfig(getenv func(string) string) (config, error) {
	or := func(name, otherwise string) string {
		if v := strings.TrimSpace(getenv(name)); v != "" {
			return v
		}
		return otherwise
	}
	c := config{
		addr:              or("ADDR", "127.0.0.1:8080"),
		dataDir:           or("DATA_DIR", "./data"),
		secrets:           or("SECRET_KEYS", ""),
		temporalAddress:   or("TEMPORAL_ADDRESS", ""),
		temporalNamespace: or("TEMPORAL_NAMESPACE", "default"),
		clientID:          or("SPOTIFY_CLIENT_ID", ""),
		clientSecret:      or("SPOTIFY_CLIENT_SECRET", ""),
		apiURL:            or("SPOTIFY_API_URL", ""),
		accountsURL:       or("SPOTIFY_ACCOUNTS_URL", ""),
		emulator:          emulatorConfig{addr: or("EMULATOR_ADDR", ""), latency: or("EMULATOR_LATENCY", "120ms,60ms,80ms")},
	}
	c.publicURL = strings.TrimSuffix(or("PUBLIC_URL", "http://"+c.addr), "/")
	var err error
	if c.limits.Messages, err = positive("LIMIT_MESSAGES", or("LIMIT_MESSAGES", "20")); err != nil {
		return c, err
	}
	if c.limits.StreamsPerPerson, err = positive("LIMIT_STREAMS", or("LIMIT_STREAMS", "20")); err != nil {
		return c, err
	}
	if c.limits.ViewersPerAddress, err = positive("LIMIT_VIEWERS", or("LIMIT_VIEWERS", "20")); err != nil {
		return c, err
	}
	if c.limits.Calls, err = positive("LIMIT_CALLS", or("LIMIT_CALLS", "60")); err != nil {
		return c, err
	}
	if c.strategies, err = match.ParseMix(or("MATCH_STRATEGY", "")); err != nil {
		return c, fmt.Errorf("MATCH_STRATEGY: %w", err)
	}
	if c.temporalUI, err = workflowPages(or("TEMPORAL_UI_URL", ""), c.temporalNamespace); err != nil {
		return c, err
	}
	if err := c.readAdmin(or); err != nil {
		return c, err
	}
	if c.model, err = readModel(or); err != nil {
		return c, err
	}
	if c.places, err = mcp.ParsePlaces(or("MCP_SERVERS", "")); err != nil {
		return c, fmt.Errorf("MCP_SERVERS: %w", err)
	}
	if c.apple, err = apple.New(or("APPLE_LOOKUP_URL", apple.LookupURL)); err != nil {
		return c, fmt.Errorf("APPLE_LOOKUP_URL %w", err)
	}
	if c.lists, err = fetch.Parse(or("SCHEDULE_HOSTS", strings.Join(fetch.Hosts(), ","))); err != nil {
		return c, fmt.Errorf("SCHEDULE_HOSTS %w", err)
	}
	if err := c.logLevel.UnmarshalText([]byte(or("LOG_LEVEL", "info"))); err != nil {
		return c, fmt.Errorf("LOG_LEVEL: %w", err)
	}
	return c, c.check()
}

// workflowPages is where Temporal's pages, which are at base, show the workflows
// of a namespace. Other addresses would send who looks, and which workflow, in clear text.
func workflowPages(base, namespace string) (string, error) {
	if base == "" {
		return "", nil
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("TEMPORAL_UI_URL must look like https://temporal.example")
	}
	ip, _ := netip.ParseAddr(u.Hostname())
	if u.Scheme != "https" && (u.Scheme != "http" || u.Hostname() != "localhost" && !ip.IsLoopback()) {
		return "", fmt.Errorf("TEMPORAL_UI_URL must begin with https://, or lead to this machine")
	}
	return u.JoinPath("namespaces", url.PathEscape(namespace), "workflows").String(), nil
}

// demoAdmin is the first listener of the emulated Spotify.
const demoAdmin = "ada_emu"

// readAdmin reads who may open the admin pages and who is told of letters.
func (c *config) readAdmin(or func(name, otherwise string) string) error {
	otherwise := ""
	if c.demo() {
		otherwise = demoAdmin
	}
	var err error
	if c.roles, err = auth.ParseRoles(or("ADMIN_USERS", otherwise)); err != nil {
		return fmt.Errorf("ADMIN_USERS: %w", err)
	}
	days, err := positive("LETTER_DAYS", or("LETTER_DAYS", "90"))
	if err != nil {
		return err
	}
	c.keepLetters = time.Duration(days) * 24 * time.Hour
	address := or("ALERT_WEBHOOK_URL", "")
	if address == "" {
		return nil
	}
	if c.alerts, err = alert.New(address, c.publicURL); err != nil {
		return fmt.Errorf("ALERT_WEBHOOK_URL %w", err)
	}
	return nil
}

func positive(name, text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%s %q must be a whole number above 0", name, text)
	}
	return n, nil
}

func (c config) check() error {
	if _, _, err := net.SplitHostPort(c.addr); err != nil {
		return fmt.Errorf("ADDR %q is not host:port: %w", c.addr, err)
	}
	u, err := url.Parse(c.publicURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" {
		return fmt.Errorf("PUBLIC_URL %q must look like https://segue.example or http://127.0.0.1:8080", c.publicURL)
	}
	if u.Hostname() == "localhost" {
		return fmt.Errorf("PUBLIC_URL %q: Spotify refuses localhost, use 127.0.0.1", c.publicURL)
	}
	if (c.apiURL == "") != (c.accountsURL == "") {
		return fmt.Errorf("set SPOTIFY_API_URL and SPOTIFY_ACCOUNTS_URL together or not at all")
	}
	return nil
}

// demo reports whether Spotify is emulated in this process.
func (c config) demo() bool { return c.clientID == "" && c.apiURL == "" }

// secure reports whether browsers come over TLS.
func (c config) secure() bool { return strings.HasPrefix(c.publicURL, "https://") }

func newLogger(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
}
