package emulator

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// apiError is an answer of the Web API that is not a success.
type apiError struct {
	status  int
	message string
	plain   bool // as text/plain, as two of Spotify's gates do
}

// Error returns the message.
func (e *apiError) Error() string { return e.message }

func badRequest(message string) error {
	return &apiError{status: http.StatusBadRequest, message: message}
}
func forbidden() error { return &apiError{status: http.StatusForbidden, message: "Forbidden"} }
func notFound() error {
	return &apiError{status: http.StatusNotFound, message: "Resource not found"}
}

func needScope() error {
	return &apiError{status: http.StatusForbidden, message: "Insufficient client scope"}
}

func unauthorised(message string) error {
	return &apiError{status: http.StatusUnauthorized, message: message}
}

// Limits of Spotify that answer 400.
var (
	errInvalidLimit  = badRequest("Invalid limit")
	errInvalidOffset = badRequest("Invalid offset")
	errNoURIs        = badRequest("No uris provided")
	errTooMany       = badRequest("You can add a maximum of 100 tracks per request.")
	errUnknownID     = badRequest("Payload contains a non-existing ID")
	errJSON          = badRequest("Error parsing JSON.")
	errBody          = badRequest("JSON body doesn't conform to specification")
	errBounds        = badRequest("Index out of bounds")
	errPosition      = badRequest("Invalid position, must be positive")
)

type errorBody struct {
	Error errorShape `json:"error"`
}

type errorShape struct {
	Status  int    `json:"status"`
	Message string `json:"message"`
	Reason  string `json:"reason,omitempty"`
}

func writeError(w http.ResponseWriter, e *apiError) {
	if e.plain {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(e.status)
		_, _ = w.Write([]byte(e.message)) // a client that left is not our trouble
		return
	}
	writeJSON(w, e.status, errorBody{errorShape{Status: e.status, Message: e.message}})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	var raw bytes.Buffer
	encoder := json.NewEncoder(&raw)
	encoder.SetEscapeHTML(false) // Spotify's links have plain ampersands
	if err := encoder.Encode(body); err != nil {
		status, raw = http.StatusInternalServerError, *bytes.NewBufferString(`{"error":{"status":500,"message":"Server error."}}`)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(raw.Bytes()) // a client that left is not our trouble
}
