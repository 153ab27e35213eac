package main

import (
	"context"
	"slices"
	"time"
)

// outageRows take a service away for a while. That of the model is in modelRows.
func outageRows() []row {
	return []row{
		{name: "outage-api", what: "every call of the Web API cut for 60 s", over: 30 * time.Second, within: afterOutage, act: outageAPI, tally: scripted},
		{name: "outage-accounts", what: "no token refreshed for 60 s after all have expired", over: 30 * time.Second, within: afterOutage, act: outageAccounts, tally: scripted},
	}
}

const (
	outage      = time.Minute
	afterOutage = 30 * time.Second // target: from its end to the runs going on
	failures    = 6                // in a row, by which a breaker is open
	mostProbes  = 10               // calls that may leave in an outage once it is
)

func outageAPI(ctx context.Context, t *trial) error {
	return t.outage(ctx, fault{Path: "^/v1/", Count: -1, Drop: true}, func() error { return nil })
}

func outageAccounts(ctx context.Context, t *trial) error {
	f := fault{Path: "^/api/token", Count: -1, Status: 503}
	return t.outage(ctx, f, func() error { return expireAll(ctx, t) })
}

// outage lets a fault play for a minute, and something else happen at its beginning.
func (t *trial) outage(ctx context.Context, f fault, besides func() error) error {
	t.send(ctx)
	t.sent(ctx, .2)
	if err := t.control.inject(ctx, f); err != nil {
		return err
	}
	if err := besides(); err != nil {
		return err
	}
	rest(ctx, t.scaled(outage))
	if err := t.control.clear(ctx); err != nil {
		return err
	}
	t.upset()
	log, err := t.control.log(ctx)
	closed, open := parted(log)
	t.remark("%d calls left in the outage before the breaker can have opened, %d after", closed, open)
	if open > mostProbes {
		t.complain("more than %d calls while the breaker was open", mostProbes)
	}
	return err
}

// parted counts the calls that met a scripted fault: those that left before a breaker
// can have been open, which is when so many have failed and what was under way then
// has arrived, and those after.
func parted(log []request) (closed, open int) {
	var ends []time.Time
	for _, r := range log {
		if r.Fault {
			ends = append(ends, r.end())
		}
	}
	if len(ends) < failures {
		return len(ends), 0
	}
	slices.SortFunc(ends, time.Time.Compare)
	opened := ends[failures-1].Add(slack)
	for _, r := range log {
		switch {
		case !r.Fault:
		case r.At.After(opened):
			open++
		default:
			closed++
		}
	}
	return closed, open
}
