# Every task a person runs. `make help` lists them.

PREFIX ?= /usr/local
JOBS   ?= 100
SIZE   ?= 1000

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

# BLAS=go or BLAS=openblas chooses what multiplies; programs builds the programs with it in
# a folder. README.md says what each is for. Everything here works without a C compiler
# except BLAS=openblas, for which release/ sets its own environment.
export CGO_ENABLED = 0
export FUZZTIME
programs_go       = go build -trimpath -ldflags '-s -w -X matpool/internal/cli.version=$(VERSION)' -o $1/ $2
programs_openblas = go run ./release -version '$(VERSION)' -programs $1
programs          = $(or $(call programs_$(BLAS),$1,$2),$(error BLAS=$(BLAS): it is go or openblas))

.PHONY: help
help: ## list the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

.PHONY: demo
demo: BLAS ?= go
demo: ## the whole flow with 100 pairs of matrices, in demo/ (2.4 GB); JOBS=10 SIZE=500 for less, BLAS=openblas for the shipped kernels
	@# Only the Go programs that it runs: the others need more modules.
	@$(call programs,demo/bin,./cmd/matinit ./cmd/matprod ./cmd/matcombine)
	@test/demo.sh demo $(JOBS) $(SIZE)

.PHONY: test
test: ## every test; installs what the tests need, if it may
	@test/run.sh

.PHONY: test-pool
test-pool: export MATPOOL_POOL_RELEASE = $(RELEASE)
test-pool: ## the tests on a real pool, with the HTCondor of another Debian: RELEASE=forky
	@test/pool/test.sh

.PHONY: fuzz
fuzz: ## every fuzz target, for FUZZTIME=1m each
	@test/fuzz.sh

.PHONY: torture
torture: ## each known fault beside its expected end, in the long form; a report in test/runs/ (an hour)
	@test/setup.sh
	@mkdir -p test/runs
	go run ./test/torture

.PHONY: build
build: BLAS ?= $(if $(filter linux/amd64,$(shell go env GOOS)/$(shell go env GOARCH)),openblas,go)
build: ## the programs for this machine, in bin/; BLAS=go needs no C compiler
	$(call programs,bin,./cmd/...)

.PHONY: install
install: build ## the programs, in PREFIX/bin (PREFIX=/usr/local)
	install -d $(DESTDIR)$(PREFIX)/bin
	install bin/* $(DESTDIR)$(PREFIX)/bin

.PHONY: release
release: ## the programs for Linux (amd64, arm64) and Windows, as archives with their licences, in dist/
	go run ./release -version '$(VERSION)' -o dist

.PHONY: bench
bench: ## our programs against the numpy flow: all measurements, in bench/runs/ (an hour; 6 GB in a temporary folder)
	@test/setup.sh
	go run ./bench/measure

.PHONY: bench-quick
bench-quick: ## the same in two minutes, in build/bench-quick, for a first impression
	@test/setup.sh
	@rm -rf build/bench-quick
	go run ./bench/measure -quick -o build/bench-quick

.PHONY: clean
clean: ## remove what the other tasks have made here
	rm -rf bin build demo dist
