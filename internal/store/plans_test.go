package store

import (
	"strings"
	"testing"
)

func TestHotQueriesUseAnIndex(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	tests := map[string]struct {
		query string
		args  []any
	}{
		"run":                {selectRun, []any{"r", "p"}},
		"runs":               {selectRuns, []any{"c", "p", 9}},
		"unfinished":         {selectUnfinished, []any{100}},
		"unlettered":         {selectUnlettered, []any{1, 9, 100}},
		"repeated":           {selectRepeated, []any{"p", "k"}},
		"undo":               {selectUndo, []any{"r", "r"}},
		"conversations":      {selectConversations, []any{"p", 50}},
		"messages":           {selectMessages, []any{"c", "p", 9, 200}},
		"newest message":     {selectLatest, []any{"c", "p"}},
		"end of a branch":    {selectTip, []any{"c", "p", "m"}},
		"turn":               {selectTurn, []any{"r", "p"}},
		"last playlist":      {selectLastPlaylist, []any{"c", "p", 9}},
		"last run":           {selectLastRun, []any{"c", "p", 9}},
		"attempt":            {selectAttempt, []any{"p", "k"}},
		"session":            {selectSession, []any{[]byte("h")}},
		"known person":       {selectKnown, []any{"a", "s"}},
		"tokens":             {selectTokens, []any{"p"}},
		"rule for a song":    {selectRuleFor, []any{"p", "k"}},
		"rules":              {selectRules, []any{"p", 50, 0}},
		"searched rules":     {searchRules, []any{"p", 50, 0, "%x%"}},
		"number of rules":    {countRules, []any{"p"}},
		"found rules":        {countFoundRules, []any{"p", "%x%"}},
		"earlier drops":      {dropEarlier, []any{"p", "r"}},
		"token":              {selectPersonalToken, []any{[]byte("h")}},
		"tokens of a person": {selectPersonalTokens, []any{"p"}},
		"keyed sync":         {selectKeyed, []any{"t", "k"}},
		"tapped sync":        {selectTapped, []any{"t", []byte("w"), 9}},
		"share":              {selectShare, []any{[]byte("h")}},
		"shares of a person": {selectShares, []any{"p"}},
		"bearer":             {selectTalk, []any{"t", "p"}},
		"expired sessions":   {`DELETE FROM sessions WHERE expires_at <= $1`, []any{9}},
		"sessions by owner":  {`DELETE FROM sessions WHERE person_id = $1`, []any{"p"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db.planned(t, name, test.query, test.args)
		})
	}
}

// planned checks that a query of the database goes by indices and does not sort.
func (db *DB) planned(t *testing.T, name, query string, args []any) {
	t.Helper()
	steps, err := all(t.Context(), db.writer, func(r row) (step string, err error) {
		var skip any
		return step, r.Scan(&skip, &skip, &skip, &step)
	}, `EXPLAIN QUERY PLAN `+query, args...)
	noError(t, err)
	if len(steps) == 0 {
		t.Fatal("no plan")
	}
	for _, step := range steps {
		branch := step == "SCAN path" || step == "SCAN p" || step == "SCAN b" || step == "SCAN below" // what was just found
		whole := strings.HasPrefix(step, "SCAN") && !strings.Contains(step, "runs_unfinished") && !branch
		sorts := strings.Contains(step, "TEMP B-TREE") && name != "known person" && name != "end of a branch"
		if whole || sorts {
			t.Errorf("%s: %q in %q", name, step, steps)
		}
	}
}
