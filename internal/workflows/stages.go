package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/fault"
)

// stageFace shows the progress of one stage, of a task or of a run.
type stageFace struct {
	name    string
	task    string // its key; "" for a run
	stages  *[]agent.Stage
	state   *agent.State
	trouble **agent.Trouble
	bump    func() // raises the version: something visible has changed
}

func taskFace(t *agent.Task, name string, bump func()) *stageFace {
	return &stageFace{name: name, task: t.Key, stages: &t.Steps, state: &t.State, trouble: &t.Trouble, bump: bump}
}

func runFace(p *agent.Progress, name string, bump func()) *stageFace {
	return &stageFace{name: name, stages: &p.Steps, state: &p.State, trouble: &p.Trouble, bump: bump}
}

// stage returns the stage, appending it when it is not there yet.
func (f *stageFace) stage() *agent.Stage {
	for i := range *f.stages {
		if (*f.stages)[i].Name == f.name {
			return &(*f.stages)[i]
		}
	}
	*f.stages = append(*f.stages, agent.Stage{Name: f.name})
	return &(*f.stages)[len(*f.stages)-1]
}

func (f *stageFace) enter(ctx workflow.Context) *stageFace {
	st := f.stage()
	st.State, st.Since = agent.Running, workflow.Now(ctx)
	*f.state = agent.Running
	f.bump()
	return f
}

func (f *stageFace) done(note string) {
	*f.stage() = agent.Stage{Name: f.name, State: agent.Done, Note: note, Since: f.stage().Since}
	f.bump()
}

func (f *stageFace) waits(e *fault.Error, attempt, tries int, until time.Time) {
	*f.trouble = holdUp(f.stage(), e, attempt, tries, until)
	*f.state = f.stage().State
	f.bump()
}

func (f *stageFace) each(do func(*stageFace)) { do(f) }

func (f *stageFace) resumes() {
	goOn(f.stage())
	*f.state, *f.trouble = agent.Running, nil
	f.bump()
}

// closeStages gives the stage at work the state and leaves those done and those to come alone.
func closeStages(stages []agent.Stage, state agent.State) {
	for i := range stages {
		if st := &stages[i]; st.State != agent.Done && st.State != agent.Accepted {
			st.State, st.Again, st.Attempt, st.Tries = state, time.Time{}, 0, 0
		}
	}
}

// crowd shows one stage of several tasks that go through it together.
type crowd struct {
	name  string
	tasks *[]*agent.Task // those that still do; others leave by and by
	bump  func()
}

func (c crowd) each(do func(*stageFace)) {
	for _, task := range *c.tasks {
		do(taskFace(task, c.name, c.bump))
	}
}

func (c crowd) enter(ctx workflow.Context) crowd {
	c.each(func(f *stageFace) { f.enter(ctx) })
	return c
}

func (c crowd) waits(e *fault.Error, attempt, tries int, until time.Time) {
	c.each(func(f *stageFace) { f.waits(e, attempt, tries, until) })
}

func (c crowd) resumes() { c.each((*stageFace).resumes) }
