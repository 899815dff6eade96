# Every task a person runs. `make help` lists them.

PREFIX ?= /usr/local
JOBS   ?= 100
SIZE   ?= 1000

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
# Plain Go: no C compiler is needed, and the programs are static.
export CGO_ENABLED = 0
GO_BUILD = go build -trimpath -ldflags '-s -w -X matpool/internal/cli.version=$(VERSION)'

.PHONY: help
help: ## list the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

.PHONY: demo
demo: ## the whole flow with 100 pairs of matrices, in demo/ (2.4 GB); JOBS=10 SIZE=500 for less
	@mkdir -p demo/bin
	@$(GO_BUILD) -o demo/bin ./cmd/...
	@test/demo.sh demo $(JOBS) $(SIZE)

.PHONY: test
test: ## every test; installs what the tests need where it may
	@test/run.sh

.PHONY: build
build: ## the programs for this machine, in bin/
	@mkdir -p bin
	$(GO_BUILD) -o bin ./cmd/...

.PHONY: install
install: build ## the programs, in PREFIX/bin (PREFIX=/usr/local)
	install -d $(DESTDIR)$(PREFIX)/bin
	install bin/* $(DESTDIR)$(PREFIX)/bin

.PHONY: compare
compare: ## our programs against the numpy flow, in pairs of runs, on this machine (4 GB in a temporary folder)
	@test/setup.sh
	go run ./bench/compare

.PHONY: clean
clean: ## remove what the other tasks made here
	rm -rf bin demo dist
