package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"
)

const (
	stepLimit = 30 * time.Second
	bulkSteps = 500 // of one run of the workflow: some 5,500 events
)

// BulkInput starts a Bulk: the bulk by its id in the ledger, and how many letters a second.
type BulkInput struct {
	ID   string `json:"id"`
	Rate int    `json:"rate"`
}

// Bulk lets the letters of a bulk have their turn, second by second, until none
// is left. How far it is stands in the ledger, and so does whether it was
// cancelled: a Bulk that is started again goes on there.
func Bulk(ctx workflow.Context, in BulkInput) error {
	for range bulkSteps {
		began := workflow.Now(ctx)
		var more bool
		err := workflow.ExecuteActivity(stubborn(ctx, stepLimit, 0), undertaker.Step, in).Get(ctx, &more)
		if err != nil || !more {
			return err
		}
		if err := workflow.Sleep(ctx, time.Second-workflow.Now(ctx).Sub(began)); err != nil {
			return err
		}
	}
	return workflow.NewContinueAsNewError(ctx, Bulk, in)
}
