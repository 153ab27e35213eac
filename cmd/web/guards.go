package main

import (
	"log/slog"

	"segue/internal/guard"
)

// newBreakers returns one for each of Spotify's services, which fail apart from each other.
func newBreakers(apiGate, accountsGate *guard.Gate, logger *slog.Logger) (api, accounts *guard.Breaker) {
	api = guard.NewBreaker(guard.BreakerOptions{
		Name: "api.spotify.com", Gate: apiGate, Logger: logger,
		Message: "Spotify is not answering right now.",
	})
	accounts = guard.NewBreaker(guard.BreakerOptions{
		Name: "accounts.spotify.com", Gate: accountsGate, Logger: logger,
		Message: "Spotify's login service is not answering right now.",
	})
	return api, accounts
}

// gate returns the gate before a service. Spotify counts the calls of a client
// id, so all processes that use one keep to the same pauses.
func (u upstream) gate(url string, gates guard.Gates, logger *slog.Logger) *guard.Gate {
	return guard.NewGate(guard.GateOptions{Name: url + " " + u.clientID, Gates: gates, Logger: logger})
}
