package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"sync"

	"go.temporal.io/sdk/client"

	"segue/internal/agent"
	"segue/internal/agent/rules"
	"segue/internal/auth"
	"segue/internal/guard"
	"segue/internal/match"
	"segue/internal/mcp"
	"segue/internal/music"
	"segue/internal/server"
	"segue/internal/spotify"
	"segue/internal/store"
	"segue/internal/temporald"
	"segue/internal/workflows"
)

// app is the wired program.
type app struct {
	config   config
	keys     *auth.KeyRing
	db       *store.DB
	up       upstream
	logger   *slog.Logger
	spotify  *spotify.Client
	breakers guard.Breakers
	login    *auth.Login
	sessions *auth.Sessions
	engine   *workflows.Client
	model    agent.Planner // nil = none
	crews    map[string]*agent.Crew
}

func newApp(c config, keys *auth.KeyRing, db *store.DB, up upstream, logger *slog.Logger) (*app, error) {
	apiGate, accountsGate := up.gate(up.apiURL, db, logger), up.gate(up.accountsURL, db, logger)
	apiBreaker, accountsBreaker := newBreakers(apiGate, accountsGate, logger)
	accounts, err := auth.NewAccounts(auth.AccountsOptions{
		URL: up.accountsURL, ClientID: up.clientID, ClientSecret: auth.Secret(c.clientSecret),
		RedirectURI: c.publicURL + "/callback",
		Gate:        accountsGate, Breaker: accountsBreaker,
	})
	if err != nil {
		return nil, err
	}
	sessions, err := auth.NewSessions(auth.SessionsOptions{Store: db, Keys: keys, Secure: c.secure()})
	if err != nil {
		return nil, err
	}
	vault := auth.NewVault(accounts, keys, db)
	api := spotify.New(spotify.Options{
		APIURL: up.apiURL, Tokens: vault, Logger: logger, Rate: up.rate, Burst: up.burst,
		Gate: apiGate, Breaker: apiBreaker, Bulk: workflows.InBulk,
	})
	model, modelBreaker, err := c.model.planner(logger)
	if err != nil {
		return nil, err
	}
	breakers := guard.Breakers{apiBreaker, accountsBreaker}
	if modelBreaker != nil {
		breakers = append(breakers, modelBreaker)
	}
	login := auth.NewLogin(auth.LoginOptions{
		Accounts: accounts, Keys: keys, Vault: vault, Store: db, Profile: profile(api),
	})
	return &app{
		config: c, keys: keys, db: db, up: up, logger: logger, spotify: api, login: login, sessions: sessions,
		breakers: breakers, model: model,
	}, nil
}

// profile adapts Spotify's /me to what a login needs.
func profile(api *spotify.Client) func(context.Context, string) (auth.Account, error) {
	return func(ctx context.Context, token string) (auth.Account, error) {
		me, err := api.Me(ctx, token)
		return auth.Account{ID: me.ID, AccountID: me.AccountID, Name: me.Name, Image: me.Image}, err
	}
}

// startEngine starts Temporal (unless one is given), the worker and the reconciler.
func (a *app) startEngine(ctx context.Context, dir *dataDir, running *stack) error {
	address := a.config.temporalAddress
	if address == "" {
		srv, err := temporald.Start(ctx, temporald.Options{
			Dir: dir.path, Attributes: workflows.SearchAttributes(), Logger: a.logger,
		})
		if err != nil {
			return err
		}
		running.push(func() error { srv.Stop(); return nil })
		address = srv.Address()
	}
	data, failures := workflows.Converters(workflows.NewCodec(a.keys))
	c, err := client.DialContext(ctx, client.Options{
		HostPort: address, Namespace: a.config.temporalNamespace,
		DataConverter: data, FailureConverter: failures,
		Logger: sdkLog{a.logger.With("component", "sdk")},
	})
	if err != nil {
		return fmt.Errorf("connect to Temporal at %s: %w", address, err)
	}
	running.push(func() error { c.Close(); return nil })
	a.engine = workflows.NewClient(c, a.config.temporalNamespace, data)

	a.engine.Assign(a.config.model.assign)
	drafts := &workflows.Drafts{}
	a.engine.Show(drafts)
	a.engine.Beware(a.config.model.sees)
	if a.crews, err = crews(); err != nil {
		return err
	}
	guests := mcp.NewGuests(a.config.places, a.logger)
	a.keep(ctx, guests.Run, running)
	workers := workflows.NewWorkers(c, &workflows.Activities{
		Catalogue: a.spotify, Library: a.spotify, Ledger: a.db, Attempts: a.db, Rules: a.db, Lists: a.db, Letters: a.db, Terms: a.db, Desk: a.db, Repeats: a.db, Documents: a.config.lists, Engine: a.engine, Planner: rules.New(),
		Model: a.model, Allowance: a.config.model.allowance, Crews: a.crews, Apple: a.config.apple, Guests: guests, Drafts: drafts, Strategies: a.config.strategies, Logger: a.logger,
	}, a.undertaker())
	if err := workers.Start(); err != nil {
		return fmt.Errorf("start the workers: %w", err)
	}
	running.push(func() error { workers.Stop(); return nil })

	reconciler := workflows.NewReconciler(a.db, a.engine, a.logger)
	reconciler.Keep(a.config.keepLetters)
	a.keep(ctx, reconciler.Run, running)
	return nil
}

// keep runs what goes on by itself until the program stops.
func (a *app) keep(ctx context.Context, run func(context.Context), running *stack) {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	var all sync.WaitGroup
	all.Go(func() { run(ctx) })
	running.push(func() error { stop(); all.Wait(); return nil })
}

// undertaker keeps letters, and tells of them whom the configuration names.
func (a *app) undertaker() *workflows.Undertaker {
	u := &workflows.Undertaker{Letterbox: a.db}
	if a.config.alerts != nil {
		u.Alarm = a.config.alerts
	}
	return u
}

// startHTTP serves the pages.
func (a *app) startHTTP(l net.Listener, running *stack, failed chan<- error) error {
	s := server.New(server.Options{
		Ledger: ledger{a.db}, Engine: engine{a.engine}, Tracks: a.spotify, Logins: a.login, Sessions: a.sessions, Logger: a.logger,
		Bearers: auth.NewBearers(a.db, nil), PublicURL: a.config.publicURL, Version: version(),
		Roles: a.config.roles, Workflows: a.config.temporalUI, Circuits: a.breakers, Playlists: a.spotify, Documents: a.config.lists,
		Ready: a.engine.Healthy, Suggest: a.suggest, Allowance: a.config.model.counted(), Tools: a.offer(), Demo: a.config.demo(),
		AccountsOrigin: origin(a.up.accountsURL), ImageHosts: a.up.imageHosts, Secure: a.config.secure(),
		Limits: a.config.limits,
	})
	serveHTTP(s.HTTP(), l, running, failed)
	running.push(func() error { s.Close(); return nil }) // first, or Shutdown waits for every open page
	return nil
}

// offer is what programs may call.
func (a *app) offer() mcp.Options {
	return mcp.Options{Crew: a.crews[agent.Single], Sees: a.config.model.sees}
}

// ledger gives the store what the server wants and the store may not know: its
// own type of a message, and the matcher's keys.
type ledger struct{ *store.DB }

// Accept converts the message.
func (l ledger) Accept(ctx context.Context, m server.NewMessage) (agent.Run, bool, error) {
	return l.DB.Accept(ctx, store.NewMessage(m))
}

// AcceptSync converts what a program asks for.
func (l ledger) AcceptSync(ctx context.Context, s server.NewSync) (agent.Run, bool, error) {
	return l.DB.AcceptSync(ctx, store.NewSync(s))
}

// Remember finds the key of the song.
func (l ledger) Remember(ctx context.Context, personID string, song music.Song, track *music.Track) error {
	return l.SaveRule(ctx, personID, music.Rule{Key: match.Key(song), Song: song, Track: track})
}

// engine gives the client the server's own type of a watch.
type engine struct{ *workflows.Client }

// Watch follows a run.
func (e engine) Watch(runID string) server.Watch { return e.Client.Watch(runID) }

// suggestions offered to a person who has not said anything yet.
const suggestions = 4

// suggest makes first messages out of the person's own playlists.
func (a *app) suggest(ctx context.Context, personID string) ([]string, error) {
	playlists, err := a.spotify.Playlists(ctx, personID)
	if err != nil {
		return nil, err
	}
	openers := []string{"add Bohemian Rhapsody by Queen to %s", "what is in %s", "add Fade Into You by Mazzy Star to %s"}
	var out []string
	for _, p := range playlists {
		if p.Editable && len(out) < len(openers) {
			out = append(out, fmt.Sprintf(openers[len(out)], p.Name))
		}
	}
	return append(out, "create a playlist called Rainy Sunday")[:min(len(out)+1, suggestions)], nil
}
