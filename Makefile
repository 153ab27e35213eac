.PHONY: help run build test check bench chaos chaos-ci bench-match gen lint assets chromium clean
export PATH := $(CURDIR)/bin:$(PATH)

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*##/\t/'

run: build ## build and run Segue (a first build takes about ten minutes)
	./bin/web

build: assets ## build bin/web
	go build -o bin/web ./cmd/web

assets: node_modules ## build the stylesheet and copy the scripts
	npm run --silent build

node_modules: package-lock.json
	npm ci --no-audit --no-fund
	@touch node_modules

test: build chromium ## run every test: race detector on, real browser (the first time it takes ten minutes more)
	go test -race -p 1 -timeout 30m $$(go list ./... | grep -v /e2e)
	go test -run TwoHundredNames ./cmd/web
	go test -race -tags failpoints ./internal/failpoint
	go test -timeout 20m -parallel 2 ./cmd/web/e2e

bench: build ## measure the built program and print a table (three minutes)
	go run ./cmd/web/bench

bench-match: ## measure the matcher on the labelled songs and put the tables into docs/matching.md; ARGS="-set top40 -worst 20" prints
	go run ./cmd/web/matchbench $(or $(ARGS),-write)

N ?= 100
chaos: build ## break things and compare what Spotify holds with what was asked for (half an hour; N=1000 for a night; ROWS=kill,late)
	go build -tags failpoints -o bin/web-failpoints ./cmd/web
	go run ./cmd/web/chaos -n $(N) -rows "$(ROWS)"

# The rows that are over soon, so that 200 messages of each take a quarter of an hour on two quiet cores.
SOON = kill-accept,kill-start,engine-lost,engine-faults,storm,stale,repeat,nulls,token,token-list,clock,create,hang,reset,5xx,refused,late,garbled
SOON := $(SOON),take-back,take-back-kill,stop-lost,taps,crash-engine-schema,crash-migration,crash-message-accepted,crash-run-started,crash-turn-begun
SOON := $(SOON),letters-kill,schedule-kill,crash-playlist-read,crash-answer-settled,crash-answer-reported,crash-token-refreshed,crash-outcome-known,crash-outcome-kept,crash-end-untold
chaos-ci: ## the rows of chaos that are over soon, with 200 messages (a quarter of an hour)
	$(MAKE) chaos N=200 ROWS=$(SOON)

chromium: ## install the browser of the tests, where that is allowed
	@command -v chromium >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; } || \
		{ echo "The browser tests need Chromium: apt-get install chromium"; test -z "$$CI"; }

gen: ## regenerate the templates
	go tool templ generate

bin/golangci-lint:
	GOBIN=$(CURDIR)/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

bin/workflowcheck:
	GOBIN=$(CURDIR)/bin go install go.temporal.io/sdk/contrib/tools/workflowcheck@v0.4.0

lint: bin/golangci-lint bin/workflowcheck ## format check, linters and the determinism of workflows
	bin/golangci-lint fmt --diff ./...
	bin/golangci-lint run ./...
	bin/golangci-lint run --build-tags failpoints ./internal/failpoint ./internal/spotify ./internal/temporald ./internal/workflows
	bin/workflowcheck ./internal/workflows

check: ## what CI runs: generated code, linters, every test
	$(MAKE) gen
	git diff --exit-code
	$(MAKE) lint test

clean: ## remove what was built
	rm -rf bin node_modules web/static/app.css web/static/vendor
