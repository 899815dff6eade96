#!/usr/bin/env bash
# Every test of the project, the one way to run them: `make test` calls this.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n' "$*"; }

# What the tests compare with is set by the tests, not by the machine.
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE
export GOFLAGS=${GOFLAGS:-} CGO_ENABLED=0

step "what the tests need"
test/setup.sh

step "gofmt"
unformatted=$(gofmt -l $(git ls-files '*.go'))
[ -z "$unformatted" ] || { echo "not formatted; run gofmt -w on: $unformatted" >&2; exit 1; }

step "go mod tidy"
go mod tidy -diff

step "go vet, staticcheck"
go vet ./...
GOOS=windows go vet ./...
go tool staticcheck ./...

step "builds for other systems, without cgo"
for target in linux/amd64 linux/arm64 windows/amd64 darwin/arm64; do
    echo "$target"
    GOOS=${target%/*} GOARCH=${target#*/} go build ./...
done

step "tests"
go test ./...

step "tests with the kernels of lesser processors"
for off in cpu.avx512=off cpu.all=off; do
    echo "GODEBUG=$off"
    GODEBUG=$off go test -count=1 ./blas ./internal/ddsum ./internal/flow 2>&1 | grep -v '^GODEBUG: unknown cpu feature'
done

step "race detector"
CGO_ENABLED=1 go test -race ./blas ./npyio ./internal/...

step "all tests passed"
