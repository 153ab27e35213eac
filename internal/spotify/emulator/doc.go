// Package emulator is a Spotify for the demo, tests and benchmarks: accounts
// and Web API in one http.Handler, written from Spotify's documentation and
// from what was seen of it, never from our adapter.
//
// # Accounts
//
//	GET  /authorize   the consent page: <form method="post" action="/authorize"> that repeats the query in hidden
//	                  fields; one <button name="listener" value="ada_emu"> per listener (data-testid="listener-ada_emu"),
//	                  <button name="listener" value=""> to cancel (data-testid="cancel"), and a checkbox name="remember".
//	POST /authorize   the choice: 302 to redirect_uri?code&state, or ?error=access_denied&state. After "remember" the next
//	                  GET with known scopes and without show_dialog=true redirects at once.
//	POST /api/token   authorization_code and refresh_token
//
// # Web API
//
// Under /v1, by profile (dev2026, devlegacy, extended). Covers are drawn at GET /image/{id}.
//
// # Control
//
// JSON in and out, no authorization, never delayed, logged or failed. Spans are written as Go durations: "150ms", "1h".
// A bad body answers 400 {"error":"…"}; a POST answers what the matching GET would, or 204.
//
//	GET  /_emulator/state     State: the truth, without lag
//	GET  /_emulator/requests  {"requests":[Request],"mutations":[Mutation]}; ?since=SEQ gives those with a greater seq
//	GET  /_emulator/faults    [Fault], those still to come
//	POST /_emulator/faults    one Fault or [Fault]: added; 204
//	DELETE /_emulator/faults  forgets all faults and late writes; 204
//	POST /_emulator/clock     {"advance":"1h"} → {"now":"2026-11-22T10:00:00Z"}; "0s" only reads
//	GET, POST /_emulator/latency  {"search":"120ms","read":"60ms","write":"80ms"}; absent keys stay
//	GET, POST /_emulator/knobs    Knobs; absent keys stay
//	POST /_emulator/reset     {"keep_grants":true} or empty: playlists, knobs, faults, clock, logs as at first; 204
//	POST /_emulator/revoke    {"person":"ada_emu"} ends all grants: refresh answers invalid_grant, calls 401.
//	                          {"person":"ada_emu","access_only":true} only expires the access tokens; 204
//	POST /_emulator/rows      {"playlist":ID,"rows":["spotify:track:…","spotify:episode:…","spotify:local:…","null"]}: another
//	                          client replaces the rows, at once and without a request; any number; 204
//
// The Go methods State, Requests, Mutations, Inject, ClearFaults, Advance, Set, SetLatency, SetRows, Reset, Revoke and Expire do
// the same without HTTP.
package emulator
