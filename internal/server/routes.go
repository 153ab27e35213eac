package server

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"segue/internal/auth"
	"segue/web"
)

// routes builds the table of everything that can be asked for.
func (s *Server) routes() *echo.Echo {
	e := echo.New()
	e.HTTPErrorHandler = s.fail
	e.IPExtractor = echo.ExtractIPDirect() // unset, Echo believes any X-Forwarded-For
	e.Pre(s.accessLog, s.securityHeaders, sameOrigin(), readForm)
	e.Use(compressed())

	get(e, "/healthz", s.showHealth)
	get(e, web.Prefix+"*", echo.WrapHandler(web.Handler()))
	get(e, "/", s.showHome)
	e.GET("/callback", s.finishLogin, // no HEAD: looking ahead must not use up a login
		byAddress(newLimiter(s.Limits.Logins), "There were many logins from here in a short time."))
	e.Match([]string{http.MethodGet, http.MethodPost}, "/login", s.beginLogin,
		byAddress(newLimiter(s.Limits.Logins), "There were many logins from here in a short time."))
	e.POST("/logout", s.logOut)

	// No echo.Group here: its catch-all would ask whoever mistypes an address to log in.
	in := s.signedIn
	get(e, "/account", s.showAccount, in)
	e.POST("/account/logout-everywhere", s.logOutEverywhere, in)
	e.POST("/account/trusts/end", s.endTrust, in)
	e.POST("/account/repeats", s.setRepeats, in)
	e.POST("/account/keep", s.setKeep, in)
	e.POST("/account/disconnect", s.disconnect, in)

	get(e, "/c", s.showConversation, in)
	e.POST("/c", s.sendMessage, in)
	get(e, "/c/:id", s.showConversation, in)
	e.POST("/c/:id/messages", s.sendMessage, in)
	e.POST("/c/:id/rename", s.renameConversation, in)
	e.POST("/c/:id/delete", s.deleteConversation, in)

	get(e, "/search", s.showSearch, in)

	get(e, "/runs", s.showRuns, in)
	get(e, "/review", s.showReview, in)
	get(e, "/runs/:id", s.showRun, in)
	e.GET("/runs/:id/events", s.streamRun, in)
	e.POST("/runs/:id/answer", s.answerRun, in)
	e.POST("/runs/:id/cancel", s.cancelRun, in)
	e.POST("/runs/:id/undo", s.undoRun, in)
	e.POST("/runs/:id/correct", s.correctRun, in)
	e.POST("/runs/:id/share", s.createShare, in)

	e.POST("/runs/:id/pause", s.pauseList, in)
	e.POST("/runs/:id/retry", s.retryList, in)
	e.POST("/runs/:id/rows/:position", s.answerRow, in)
	get(e, "/runs/:id/export", s.exportList, in)

	get(e, "/import", s.showImport, in)
	e.POST("/import", s.readImport, in)
	get(e, "/import/:id", s.showPreview, in)
	e.POST("/import/:id", s.rereadPreview, in)
	e.POST("/import/:id/start", s.startList, in)

	get(e, "/schedules", s.showSchedules, in)
	get(e, "/schedules/new", s.showNewSchedule, in)
	e.POST("/schedules", s.createSchedule, in)
	get(e, "/schedules/:id", s.showSchedule, in)
	e.POST("/schedules/:id/pause", s.pauseSchedule, in)
	e.POST("/schedules/:id/run", s.runSchedule, in)
	e.POST("/schedules/:id/delete", s.deleteSchedule, in)

	get(e, "/rules", s.showRules, in)
	e.POST("/rules/:id/delete", s.deleteRule, in)
	e.POST("/rules/:id/restore", s.restoreRule, in)

	get(e, "/settings/tokens", s.showTokens, in)
	e.POST("/settings/tokens", s.createToken, in)
	e.POST("/settings/tokens/:id/revoke", s.revokeToken, in)
	get(e, "/settings/shares", s.showShares, in)
	e.POST("/settings/shares/:id/revoke", s.revokeShare, in)
	looks := byAddress(newLimiter(s.Limits.Looks), "These pages were loaded often from here in a short time.")
	get(e, sharePath+":token", s.showShared, looks)
	e.GET(sharePath+":token/events", s.streamShared, looks)
	get(e, "/settings/shortcuts", s.showShortcuts, in)
	get(e, "/settings/shortcuts/test", s.showShortcutTest, in)
	s.apiRoutes(e)
	s.mcpRoutes(e)

	get(e, "/admin/dlq", s.showLetters, in, s.staff(auth.Viewer))
	get(e, "/admin/dlq/new", s.showNews, in, s.staff(auth.Viewer))
	get(e, "/admin/dlq/bulk", s.showBulkForm, in, s.staff(auth.Operator))
	e.POST("/admin/dlq/bulk", s.startBulk, in, s.staff(auth.Operator))
	get(e, "/admin/dlq/bulk/:id", s.showBulk, in, s.staff(auth.Viewer))
	get(e, "/admin/dlq/bulk/:id/progress", s.showBulkProgress, in, s.staff(auth.Viewer))
	e.POST("/admin/dlq/bulk/:id/cancel", s.cancelBulk, in, s.staff(auth.Operator))
	get(e, "/admin/dlq/:id", s.showLetter, in, s.staff(auth.Viewer))
	e.POST("/admin/dlq/:id/retry", s.retryLetter, in, s.staff(auth.Operator))
	get(e, "/admin/dlq/:id/edit", s.showEdit, in, s.staff(auth.Admin))
	e.POST("/admin/dlq/:id/edit", s.editLetter, in, s.staff(auth.Admin))
	e.POST("/admin/dlq/:id/discard", s.discardLetter, in, s.staff(auth.Admin))
	e.POST("/admin/dlq/:id/restore", s.restoreLetter, in, s.staff(auth.Admin))
	get(e, "/admin/audit", s.showAudit, in, s.staff(auth.Viewer))
	e.POST("/admin/circuits/reset", s.resetCircuit, in, s.staff(auth.Operator))
	return e
}

// get routes GET and the HEAD that goes with it; net/http drops the body of the latter.
func get(e *echo.Echo, path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) {
	e.Match([]string{http.MethodGet, http.MethodHead}, path, h, m...)
}

// compressed gzips what is long enough to gain by it, and no stream.
func compressed() echo.MiddlewareFunc {
	return middleware.GzipWithConfig(middleware.GzipConfig{
		MinLength: 1024,
		Skipper:   func(c echo.Context) bool { return strings.HasSuffix(c.Path(), "/events") || c.Path() == mcpPath },
	})
}
