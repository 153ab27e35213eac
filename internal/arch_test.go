package internal_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "segue/"

// mayImport says what a package may import of ours. Tests are free to import
// more; a package that is missing here fails the test until it is decided on.
var mayImport = map[string][]string{
	"cmd/web":                   {"*"},
	"cmd/web/bench":             {},
	"cmd/web/chaos":             {},
	"cmd/web/matchbench":        {"internal/match", "internal/music", "internal/rehearsal", "internal/spotify/emulator"},
	"cmd/web/e2e":               {},
	"web":                       {},
	"web/templates/ui":          {"web"},
	"web/templates/layout":      {"web", "web/templates/ui"},
	"web/templates/partial":     {"internal/music", "internal/agent", "web/templates/ui"},
	"web/templates/page":        {"internal/music", "internal/fault", "internal/agent", "internal/deadletter", "internal/guard", "internal/intake", "internal/schedule", "web/templates/ui", "web/templates/layout", "web/templates/partial"},
	"internal/music":            {},
	"internal/fault":            {},
	"internal/failpoint":        {},
	"internal/rollout":          {},
	"internal/match":            {"internal/music", "internal/fault", "internal/rollout"},
	"internal/match/fit":        {"internal/match", "internal/music", "internal/rehearsal"},
	"internal/schedule":         {"internal/agent", "internal/fault"},
	"internal/fetch":            {"internal/fault", "internal/intake", "internal/schedule"},
	"internal/intake":           {"internal/fault", "internal/match", "internal/music"},
	"internal/export":           {"internal/music"},
	"internal/rehearsal":        {"internal/export", "internal/fault", "internal/intake", "internal/match", "internal/music", "internal/spotify/emulator"},
	"internal/agent":            {"internal/music", "internal/fault", "internal/rollout"},
	"internal/agent/agenttest":  {"internal/agent", "internal/fault", "internal/music"},
	"internal/agent/crew":       {"internal/agent"},
	"internal/agent/rules":      {"internal/agent", "internal/intake", "internal/music"},
	"internal/agent/llm":        {"internal/agent", "internal/fault"},
	"internal/agent/llm/stub":   {},
	"internal/deadletter":       {"internal/music", "internal/fault"},
	"internal/apple":            {"internal/fault", "internal/intake", "internal/music"},
	"internal/alert":            {"internal/deadletter", "internal/fault"},
	"internal/workflows":        {"internal/agent", "internal/deadletter", "internal/intake", "internal/match", "internal/music", "internal/failpoint", "internal/fault", "internal/schedule"},
	"internal/guard":            {"internal/fault"},
	"internal/auth":             {"internal/failpoint", "internal/fault", "internal/guard"},
	"internal/spotify":          {"internal/music", "internal/failpoint", "internal/fault", "internal/guard"},
	"internal/spotify/emulator": {},
	"internal/store":            {"internal/music", "internal/failpoint", "internal/fault", "internal/agent", "internal/auth", "internal/deadletter", "internal/schedule", "internal/share"},
	"internal/live":             {},
	"internal/mcp":              {"internal/agent", "internal/fault"},
	"internal/share":            {"internal/agent", "internal/fault", "internal/music"},
	"internal/server":           {"internal/music", "internal/intake", "internal/export", "internal/failpoint", "internal/fault", "internal/agent", "internal/auth", "internal/deadletter", "internal/guard", "internal/live", "internal/mcp", "internal/schedule", "internal/share", "internal/workflows", "web", "web/templates/layout", "web/templates/partial", "web/templates/page"},
	"internal/temporald":        {"internal/failpoint"},
}

// onlyIn confines a heavy dependency to its rooms; everything below the prefix counts.
var onlyIn = map[string][]string{
	"github.com/labstack/echo":         {"internal/server"},
	"github.com/gorilla/":              {"internal/auth", "internal/server"},
	"go.temporal.io/server":            {"internal/temporald"},
	"go.temporal.io/":                  {"internal/workflows", "internal/temporald", "cmd/web"},
	"github.com/zmb3/spotify":          {"internal/spotify"},
	"github.com/openai/openai-go":      {"internal/agent/llm"},
	"github.com/modelcontextprotocol/": {"internal/mcp"},
	"github.com/yuin/goldmark":         {"web/templates/partial"},
	"modernc.org/sqlite":               {"internal/store"},
	"golang.org/x/oauth2":              {"internal/auth", "internal/spotify"},
	"github.com/robfig/cron":           {"internal/schedule"},
	"github.com/sony/gobreaker":        {"internal/guard"},
	"github.com/chromedp/":             {}, // tests only
	"github.com/PuerkitoBio/":          {},
	"github.com/stretchr/":             {},
}

// The sources are read here, in this process: what a subprocess reads, go's
// test cache does not see, and it would serve stale passes.
func TestImportsKeepToThePlan(t *testing.T) {
	t.Parallel()
	tree := os.DirFS("..")
	err := fs.WalkDir(tree, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := entry.Name(); entry.IsDir() && name != "." && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata") {
			return fs.SkipDir
		}
		if strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, "_test.go") {
			checkFile(t, tree, file)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkFile(t *testing.T, tree fs.FS, file string) {
	t.Helper()
	src, err := fs.ReadFile(tree, file)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, src, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if complaint := judge(path.Dir(file), imported); complaint != "" {
			t.Errorf("%s: %s", file, complaint)
		}
	}
}

// judge says what is wrong with the import, "" when it is allowed.
func judge(room, imported string) string {
	allowed, known := mayImport[room]
	if !known {
		return "decide in mayImport what " + room + " may import"
	}
	if own, ok := strings.CutPrefix(imported, module); ok && !slices.Contains(allowed, own) && !slices.Contains(allowed, "*") {
		return room + " may not import " + own
	}
	for dependency, rooms := range onlyIn {
		if strings.HasPrefix(imported, dependency) && !slices.Contains(rooms, room) {
			return dependency + " may not be imported in " + room
		}
	}
	return ""
}

func TestTheJudgeSeesEachKindOfFault(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		room, imported string
		allowed        bool
	}{
		{"internal/music", "time", true},
		{"internal/music", "segue/internal/agent", false},
		{"internal/match", "segue/internal/music", true},
		{"internal/store", "segue/internal/server", false},
		{"internal/live", "github.com/labstack/echo/v4", false},
		{"internal/workflows", "go.temporal.io/sdk/workflow", true},
		{"internal/workflows", "go.temporal.io/server/temporal", false},
		{"internal/utils", "time", false},
		{"cmd/web", "segue/internal/store", true},
	} {
		if complaint := judge(c.room, c.imported); (complaint == "") != c.allowed {
			t.Errorf("%s importing %s: %q", c.room, c.imported, complaint)
		}
	}
}
