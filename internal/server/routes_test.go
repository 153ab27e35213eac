package server_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"segue/internal/agent"
	"segue/internal/music"
	"segue/internal/server"
)

// access says what a route answers to a stranger and to another person, who
// asks with the owner's ids. 0 stands for a route without an owner.
var access = map[string]struct{ stranger, other int }{
	"GET /":                            {200, 0},
	"HEAD /":                           {200, 0},
	"GET /healthz":                     {200, 0},
	"HEAD /healthz":                    {200, 0},
	"GET /static/*":                    {404, 0},
	"HEAD /static/*":                   {404, 0},
	"GET /login":                       {303, 0},
	"POST /login":                      {303, 0},
	"GET /callback":                    {400, 0},
	"POST /logout":                     {303, 0},
	"GET /account":                     {303, 0},
	"HEAD /account":                    {303, 0},
	"POST /account/logout-everywhere":  {401, 0},
	"POST /account/trusts/end":         {401, 0},
	"POST /account/repeats":            {401, 0},
	"POST /account/keep":               {401, 0},
	"POST /account/disconnect":         {401, 0},
	"GET /c":                           {303, 0},
	"HEAD /c":                          {303, 0},
	"POST /c":                          {401, 0},
	"GET /c/:id":                       {303, 404},
	"HEAD /c/:id":                      {303, 404},
	"POST /c/:id/messages":             {401, 404},
	"POST /c/:id/rename":               {401, 404},
	"POST /c/:id/delete":               {401, 404},
	"GET /runs":                        {303, 0},
	"HEAD /runs":                       {303, 0},
	"GET /review":                      {303, 0},
	"HEAD /review":                     {303, 0},
	"GET /runs/:id":                    {303, 404},
	"HEAD /runs/:id":                   {303, 404},
	"GET /runs/:id/events":             {401, 404},
	"POST /runs/:id/answer":            {401, 404},
	"POST /runs/:id/cancel":            {401, 404},
	"POST /runs/:id/undo":              {401, 404},
	"POST /runs/:id/correct":           {401, 404},
	"POST /runs/:id/share":             {401, 404},
	"GET /settings/shares":             {303, 0},
	"HEAD /settings/shares":            {303, 0},
	"POST /settings/shares/:id/revoke": {401, 404},
	"GET /s/:token":                    {404, 0}, // what a link opens stands in shared_test.go
	"HEAD /s/:token":                   {404, 0},
	"GET /s/:token/events":             {404, 0},
	"POST /runs/:id/pause":             {401, 404},
	"POST /runs/:id/retry":             {401, 404},
	"POST /runs/:id/rows/:position":    {401, 404},
	"GET /runs/:id/export":             {303, 404},
	"HEAD /runs/:id/export":            {303, 404},
	"GET /import":                      {303, 0},
	"GET /search":                      {303, 0},
	"HEAD /search":                     {303, 0},
	"HEAD /import":                     {303, 0},
	"POST /import":                     {401, 0},
	"GET /import/:id":                  {303, 404},
	"HEAD /import/:id":                 {303, 404},
	"POST /import/:id":                 {401, 404},
	"POST /import/:id/start":           {401, 404},
	"GET /schedules":                   {303, 0},
	"HEAD /schedules":                  {303, 0},
	"POST /schedules":                  {401, 0},
	"GET /schedules/new":               {303, 0},
	"HEAD /schedules/new":              {303, 0},
	"GET /schedules/:id":               {303, 404},
	"HEAD /schedules/:id":              {303, 404},
	"POST /schedules/:id/pause":        {401, 404},
	"POST /schedules/:id/run":          {401, 404},
	"POST /schedules/:id/delete":       {401, 404},
	"GET /rules":                       {303, 0},
	"HEAD /rules":                      {303, 0},
	"POST /rules/:id/delete":           {401, 404},
	"POST /rules/:id/restore":          {401, 404},
	"GET /settings/tokens":             {303, 0},
	"HEAD /settings/tokens":            {303, 0},
	"POST /settings/tokens":            {401, 0},
	"POST /settings/tokens/:id/revoke": {401, 404},
	"GET /settings/shortcuts":          {303, 0},
	"HEAD /settings/shortcuts":         {303, 0},
	"GET /settings/shortcuts/test":     {303, 0},
	"HEAD /settings/shortcuts/test":    {303, 0},
	"GET /docs/api":                    {200, 0},
	"HEAD /docs/api":                   {200, 0},
	"GET /health":                      {200, 0},
	"HEAD /health":                     {200, 0},
	"GET /api/v1/health":               {200, 0},
	"HEAD /api/v1/health":              {200, 0},
	"GET /api/v1/openapi.json":         {200, 0},
	"HEAD /api/v1/openapi.json":        {200, 0},
	// A session opens none of these; what another person's token sees stands in api_test.go and beside it.
	"POST /api/v1/sync":                 {401, 401},
	"GET /api/v1/sync/:id":              {401, 401},
	"HEAD /api/v1/sync/:id":             {401, 401},
	"POST /api/v1/sync/:id/cancel":      {401, 401},
	"POST /api/v1/sync/batch":           {401, 401},
	"GET /api/v1/sync/batch/:id":        {401, 401},
	"HEAD /api/v1/sync/batch/:id":       {401, 401},
	"GET /api/v1/runs":                  {401, 401},
	"HEAD /api/v1/runs":                 {401, 401},
	"GET /api/v1/runs/:id":              {401, 401},
	"HEAD /api/v1/runs/:id":             {401, 401},
	"POST /api/v1/runs/:id/cancel":      {401, 401},
	"POST /api/v1/runs/:id/undo":        {401, 401},
	"POST /api/v1/runs/:id/retry":       {401, 401},
	"GET /api/v1/dlq":                   {401, 401},
	"HEAD /api/v1/dlq":                  {401, 401},
	"GET /api/v1/dlq/:id":               {401, 401},
	"HEAD /api/v1/dlq/:id":              {401, 401},
	"POST /api/v1/dlq/:id/retry":        {401, 401},
	"POST /api/v1/dlq/:id/discard":      {401, 401},
	"GET /api/v1/circuits":              {401, 401},
	"HEAD /api/v1/circuits":             {401, 401},
	"POST /api/v1/circuits/:name/reset": {401, 401},
	"GET /admin/dlq":                    {303, 404},
	"HEAD /admin/dlq":                   {303, 404},
	"GET /admin/dlq/new":                {303, 404},
	"HEAD /admin/dlq/new":               {303, 404},
	"GET /admin/dlq/bulk":               {303, 404},
	"HEAD /admin/dlq/bulk":              {303, 404},
	"POST /admin/dlq/bulk":              {401, 404},
	"GET /admin/dlq/bulk/:id":           {303, 404},
	"HEAD /admin/dlq/bulk/:id":          {303, 404},
	"GET /admin/dlq/bulk/:id/progress":  {303, 404},
	"HEAD /admin/dlq/bulk/:id/progress": {303, 404},
	"POST /admin/dlq/bulk/:id/cancel":   {401, 404},
	"GET /admin/dlq/:id/edit":           {303, 404},
	"HEAD /admin/dlq/:id/edit":          {303, 404},
	"POST /admin/dlq/:id/edit":          {401, 404},
	"GET /admin/dlq/:id":                {303, 404},
	"HEAD /admin/dlq/:id":               {303, 404},
	"POST /admin/dlq/:id/retry":         {401, 404},
	"POST /admin/dlq/:id/discard":       {401, 404},
	"POST /admin/dlq/:id/restore":       {401, 404},
	"GET /admin/audit":                  {303, 404},
	"HEAD /admin/audit":                 {303, 404},
	"POST /admin/circuits/reset":        {401, 404},
}

// concrete fills a route with the ids of a run; the form fits every route.
func concrete(name string, run agent.Run) (method, path string, form url.Values) {
	method, path, _ = strings.Cut(name, " ")
	id := run.ID
	if strings.HasPrefix(path, "/c/") {
		id = run.ConversationID
	}
	path = strings.NewReplacer(":id", id, ":name", "x", "*", "none.css").Replace(path)
	if method == http.MethodPost {
		form = url.Values{"text": {"my playlists"}, "title": {"A"}, "question": {"q"}, "option": {"o"}, "confirm": {"yes"}}
	}
	return method, path, form
}

func TestSec13_EveryRouteKnowsWhoMayUseIt(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	run := s.login("ada").say("my playlists")
	s.engine.set(agent.Progress{RunID: run.ID, Version: 1, State: agent.Running})
	ben := s.login("ben")
	rule := s.remember(run.PersonID, music.Song{Title: "Hallelujah"}, nil)
	for _, name := range s.server.RouteNames() {
		want, known := access[name]
		if !known {
			t.Errorf("%s: decide who may use it", name)
			continue
		}
		method, path, form := concrete(name, run)
		if strings.HasPrefix(path, "/rules/") {
			path = strings.Replace(path, run.ID, rule.ID, 1)
		}
		got := s.browser().do(method, path, form).wants(want.stranger)
		if to := got.Header.Get("Location"); method == http.MethodGet && want.stranger == 303 && path != "/login" &&
			to != "/?return_to="+url.QueryEscape(path) {
			t.Errorf("%s: leads a stranger to %q", name, to)
		}
		if want.other != 0 {
			ben.do(method, path, form).wants(want.other)
		}
	}
	after, err := s.db.Runs(t.Context(), run.PersonID, run.ConversationID, "")
	_, kept, _ := s.db.RuleFor(t.Context(), run.PersonID, rule.Key)
	if err != nil || len(after) != 1 || len(s.engine.answers)+len(s.engine.undos) > 0 || !kept {
		t.Errorf("somebody else changed something: %v, %v", after, err)
	}
}

func TestSec06_OtherSitesCannotSendForms(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	run := ada.say("my playlists")
	for _, name := range s.server.RouteNames() {
		method, path, form := concrete(name, run)
		if method != http.MethodPost {
			continue
		}
		for _, header := range [][]string{
			{"Sec-Fetch-Site", "cross-site"},
			{"Sec-Fetch-Site", "same-site"},
			{"Origin", "https://evil.example"},
		} {
			ada.do(method, path, form, header...).wants(http.StatusForbidden).says("another site")
		}
	}
	ada.do(http.MethodPost, "/c", url.Values{"text": {"help"}}, "Sec-Fetch-Site", "same-origin", "Origin", s.url).wants(http.StatusSeeOther)
}

func TestSec33_UnusedMethodsAreRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	run := ada.say("my playlists")
	used := map[string]bool{"GET " + batches: true} // asks for a song of that id
	for _, name := range s.server.RouteNames() {
		method, path, _ := concrete(name, run)
		used[method+" "+path] = true
	}
	for name := range used {
		_, path, _ := strings.Cut(name, " ")
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"} {
			if !used[method+" "+path] {
				ada.do(method, path, nil).wants(http.StatusMethodNotAllowed)
			}
		}
	}
	ada.get("/nowhere").wants(http.StatusNotFound).says("nothing here")
	s.browser().get("/nowhere").wants(http.StatusNotFound)
}

func TestSec08_EveryAnswerCarriesTheHeaders(t *testing.T) {
	t.Parallel()
	golden := map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' " +
			"https://i.scdn.co https://mosaic.scdn.co https://image-cdn-ak.spotifycdn.com; connect-src 'self'; " +
			"form-action 'self' https://accounts.example; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options":       "nosniff",
		"Referrer-Policy":              "same-origin",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
		"Cache-Control":                "no-store",
		"Strict-Transport-Security":    "",
	}
	s := newSite(t)
	ada := s.login("ada")
	run := ada.say("my playlists")
	for _, b := range []*browser{s.browser(), ada} {
		for _, name := range s.server.RouteNames() {
			method, path, form := concrete(name, run)
			if strings.HasSuffix(path, "/events") || strings.Contains(path, "disconnect") || strings.Contains(path, "logout") {
				continue // they end the session, or do not end
			}
			a := b.do(method, path, form)
			for header, want := range golden {
				if header == "Referrer-Policy" && strings.HasPrefix(path, "/s/") {
					want = "no-referrer"
				}
				if got := a.Header.Get(header); got != want {
					t.Errorf("%s: %s is %q, want %q", name, header, got, want)
				}
			}
			if kind := a.Header.Get("Content-Type"); a.body != "" && !strings.Contains(strings.ToLower(kind), "charset=utf-8") && kind != "application/json" {
				t.Errorf("%s: Content-Type %q", name, kind)
			}
		}
	}
}

func TestOverTLSTheBrowserIsToldToStayThere(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *server.Options, _ *http.Server) { o.Secure = true })
	a := s.browser().get("/login")
	if got := a.Header.Get("Strict-Transport-Security"); got != "max-age=31536000; includeSubDomains" {
		t.Errorf("HSTS is %q", got)
	}
	if c := a.Cookies()[0]; c.Name != "__Host-oauth" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" {
		t.Errorf("login cookie: %v", c)
	}
}

func TestSec20_BodiesAreBounded(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	ada.post("/c", "text", strings.Repeat("a", 140_000)).wants(http.StatusRequestEntityTooLarge).says("more than one message")
	ada.do(http.MethodPost, "/c", url.Values{"text": {"hi"}}, "Content-Type", "application/json").wants(http.StatusUnsupportedMediaType)
	ada.do(http.MethodPost, "/c?text=my+playlists", url.Values{}).wants(http.StatusUnprocessableEntity)
	if found, err := s.db.Conversations(t.Context(), ada.id, 10); err != nil || len(found) > 0 {
		t.Errorf("accepted: %v, %v", found, err)
	}
}

func TestSec33_APanicIsAPageWithAReference(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.browser().get("/callback?code=panic").wants(http.StatusInternalServerError)
	reference := a.Header.Get("X-Request-Id")
	a.says("Something went wrong on our side.").says(reference)
	if strings.Contains(a.body, "of a test") || strings.Contains(a.body, "goroutine") {
		t.Error("the page shows the cause")
	}
	lines := 0
	for line := range strings.Lines(s.log.String()) {
		if strings.Contains(line, "panic: of a test") && strings.Contains(line, reference) && strings.Contains(line, `"level":"ERROR"`) {
			lines++
		}
	}
	if lines != 1 {
		t.Errorf("%d log lines of the panic, want 1:\n%s", lines, s.log)
	}
}

func TestTheLogHasNoQueryAndNoText(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.login("ada").say("canary-in-a-message")
	s.browser().get("/nowhere?canary-in-a-query=1")
	if log := s.log.String(); strings.Contains(log, "canary") || !strings.Contains(log, `"path":"/nowhere"`) {
		t.Error(log)
	}
}

func TestAPartOfAPageGetsThePartOfAProblem(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.login("ada").get("/c/none", "HX-Request-Type", "partial").wants(http.StatusNotFound)
	if strings.Contains(a.body, "<html") || !strings.Contains(a.body, "does not exist") {
		t.Errorf("not the partial: %.300s", a.body)
	}
}

func TestHealthTellsWhenWorkIsTakenUp(t *testing.T) {
	t.Parallel()
	var waiting error
	s := newSite(t, func(o *server.Options, _ *http.Server) {
		o.Ready = func(context.Context) error { return waiting }
	})
	if a := s.browser().get("/healthz").wants(http.StatusOK); strings.TrimSpace(a.body) != `{"status":"ok","ready":true}` {
		t.Error(a.body)
	}
	waiting = errors.New("secret detail")
	if a := s.browser().get("/healthz").wants(http.StatusServiceUnavailable); !strings.Contains(a.body, `"ready":false`) || strings.Contains(a.body, "secret") {
		t.Error(a.body)
	}
}
