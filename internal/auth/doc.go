// Package auth knows who somebody is and holds what Spotify lets us do for them:
// the login with Spotify (authorization code with PKCE), sessions in the browser
// and the vault of sealed tokens. It computes every id and hash itself; the store
// behind it sees hashes and sealed bytes only. It logs nothing: errors go to the
// caller as faults.
package auth
