.PHONY: help run build test check gen lint assets clean
export PATH := $(CURDIR)/bin:$(PATH)

help: ## list the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*##/\t/'

run: build ## build and run Segue (a first build takes about ten minutes)
	./bin/web

build: assets ## build bin/web
	go build -o bin/web ./cmd/web

assets: node_modules ## build the stylesheet and copy the scripts
	npm run --silent build

node_modules: package-lock.json
	npm ci --no-audit --no-fund
	@touch node_modules

test: assets ## run every test; all but the embedded server with the race detector
	go test -race -p 1 -timeout 20m $$(go list ./... | grep -v -e /temporald -e /cmd/web)
	go test -timeout 20m ./internal/temporald ./cmd/web

gen: ## regenerate the templates
	go tool templ generate

lint: ## formatting and vet
	@test -z "$$(gofmt -l cmd internal web)" || (gofmt -l cmd internal web; exit 1)
	go vet ./...

check: gen lint test ## what CI runs
	git diff --exit-code

clean: ## remove what was built
	rm -rf bin node_modules web/static/app.css web/static/vendor
