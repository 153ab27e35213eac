package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"

	"segue/internal/failpoint"
	"segue/internal/fault"
)

// refreshMargin is how long an access token must still live to be handed out.
const refreshMargin = 60 * time.Second

// tokenStore is what the vault keeps its tokens in.
type tokenStore interface {
	TokenStore
	TokenRefresher
}

// Vault hands out Spotify access tokens and renews them in time. Tokens are
// sealed at rest, each bound to its column and its person, so that no row opens in
// another's place. Of one person there is one refresh at a time in this process; between
// processes the row's version decides, and the loser takes what the winner stored.
type Vault struct {
	accounts *Accounts
	keys     *KeyRing
	store    tokenStore
	now      func() time.Time
	flights  singleflight.Group // by person id
}

// NewVault returns a vault; it uses the clock of accounts.
func NewVault(accounts *Accounts, keys *KeyRing, store tokenStore) *Vault {
	return &Vault{accounts: accounts, keys: keys, store: store, now: accounts.now}
}

// Token returns an access token that lives for another minute at least. A fault
// Unauthorised means that only a new login helps, and costs no call of Spotify.
func (v *Vault) Token(ctx context.Context, personID string) (string, error) {
	row, access, err := v.load(ctx, personID)
	if err != nil {
		return "", err
	}
	if v.fresh(row) {
		return access.Reveal(), nil
	}
	return v.renew(ctx, personID, "")
}

// Refresh returns another token than stale, which Spotify has just refused. It
// refreshes only if nobody did so since stale was handed out. Faults as for Token.
func (v *Vault) Refresh(ctx context.Context, personID, stale string) (string, error) {
	token, err := v.renew(ctx, personID, stale)
	if err == nil && token == stale {
		// We joined the flight of somebody who refused an older token.
		return v.renew(ctx, personID, stale)
	}
	return token, err
}

// renew does not end with the caller's context: what Spotify answers must be
// stored, or a rotated refresh token would be lost. The call has its own time limit.
func (v *Vault) renew(ctx context.Context, personID, stale string) (string, error) {
	ctx = context.WithoutCancel(ctx)
	token, err, _ := v.flights.Do(personID, func() (any, error) {
		return v.refresh(ctx, personID, Secret(stale))
	})
	if err != nil {
		return "", err
	}
	return token.(Secret).Reveal(), nil
}

func (v *Vault) refresh(ctx context.Context, personID string, stale Secret) (Secret, error) {
	row, access, err := v.load(ctx, personID)
	if err != nil {
		return "", err
	}
	if access != stale && v.fresh(row) {
		return access, nil // an earlier flight brought it
	}
	old, err := v.open(row.Refresh, refreshColumn, personID)
	if err != nil {
		return "", err
	}
	g, err := v.accounts.refresh(ctx, old)
	if fault.KindOf(err) == fault.Unauthorised {
		return v.refused(ctx, row, stale)
	}
	if err != nil {
		return "", err
	}
	failpoint.Hit(failpoint.TokenRefreshed)
	return v.replace(ctx, row, g, stale)
}

// replace stores a new grant before anybody uses it.
func (v *Vault) replace(ctx context.Context, row SealedTokens, g grant, stale Secret) (Secret, error) {
	next, err := v.seal(row.PersonID, g)
	if err != nil {
		return "", err
	}
	next.Version = row.Version
	err = v.store.ReplaceTokens(ctx, next)
	if fault.KindOf(err) == fault.Conflict {
		return v.reread(ctx, row.PersonID, stale)
	}
	if err != nil {
		return "", fmt.Errorf("store refreshed tokens: %w", err)
	}
	return g.access, nil
}

// refused remembers that a refresh token is dead. The sealed token stays: Spotify
// has been seen to refuse a good one for a while.
func (v *Vault) refused(ctx context.Context, row SealedTokens, stale Secret) (Secret, error) {
	if err := v.store.MarkNeedsReauth(ctx, row.PersonID, row.Version); err != nil {
		return "", fmt.Errorf("mark tokens as refused: %w", err)
	}
	return v.reread(ctx, row.PersonID, stale)
}

// reread takes what somebody else has stored meanwhile.
func (v *Vault) reread(ctx context.Context, personID string, stale Secret) (Secret, error) {
	row, access, err := v.load(ctx, personID)
	if err != nil {
		return "", err
	}
	if access == stale || !v.fresh(row) {
		return "", fault.New(fault.Unavailable, spotifyAway, errors.New("tokens changed during a refresh"))
	}
	return access, nil
}

// save keeps the tokens of a new login.
func (v *Vault) save(ctx context.Context, personID string, g grant) error {
	t, err := v.seal(personID, g)
	if err != nil {
		return err
	}
	t.ConsentAt = v.now()
	return v.store.SaveTokens(ctx, t)
}

// load returns the stored row and its access token.
func (v *Vault) load(ctx context.Context, personID string) (SealedTokens, Secret, error) {
	row, err := v.store.Tokens(ctx, personID)
	if fault.KindOf(err) == fault.NotFound {
		return row, "", fault.New(fault.Unauthorised, loginAgain, err)
	}
	if err != nil {
		return row, "", fmt.Errorf("read tokens: %w", err)
	}
	if row.NeedsReauth {
		return row, "", fault.New(fault.Unauthorised, loginAgain, errors.New("refresh token was refused earlier"))
	}
	access, err := v.open(row.Access, accessColumn, personID)
	return row, access, err
}

func (v *Vault) fresh(row SealedTokens) bool { return row.ExpiresAt.Sub(v.now()) > refreshMargin }

// Where tokens lie; a sealed token is bound to its place.
const (
	tokensTable   = "tokens"
	accessColumn  = "access"
	refreshColumn = "refresh"
)

func (v *Vault) seal(personID string, g grant) (SealedTokens, error) {
	access, err := v.keys.Seal(tokensTable, []byte(g.access), place(tokensTable, accessColumn, personID))
	if err != nil {
		return SealedTokens{}, err
	}
	refresh, err := v.keys.Seal(tokensTable, []byte(g.refresh), place(tokensTable, refreshColumn, personID))
	if err != nil {
		return SealedTokens{}, err
	}
	return SealedTokens{PersonID: personID, Access: access, Refresh: refresh, ExpiresAt: g.expires}, nil
}

// open makes an unreadable token a reason to log in again: that seals new ones with a key that is there.
func (v *Vault) open(sealed []byte, column, personID string) (Secret, error) {
	plain, err := v.keys.Open(tokensTable, sealed, place(tokensTable, column, personID))
	if err != nil {
		return "", fault.New(fault.Unauthorised, loginAgain, err)
	}
	return Secret(plain), nil
}

// place names a cell of a table, to bind a sealed value to it.
func place(table, column, row string) []byte {
	return []byte(strings.Join([]string{table, column, row}, "\x00"))
}
