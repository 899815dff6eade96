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
for off in cpu.avx512=off cpu.avx512=off,cpu.avx2=off; do
    echo "GODEBUG=$off"
    go test -count=1 -exec "env GODEBUG=$off" ./blas ./internal/ddsum ./internal/flow
done

step "race detector"
CGO_ENABLED=1 go test -race ./blas ./npyio ./internal/...

if [ "$(go env GOHOSTOS)/$(go env GOHOSTARCH)" = linux/amd64 ]; then
    step "OpenBLAS"
    openblas=$(third_party/openblas/build.sh linux | tail -n 1)
    export CGO_LDFLAGS="'-L$openblas' -lopenblas -lm -lpthread"
    CGO_ENABLED=1 go vet -tags openblas ./blas/...
    CGO_ENABLED=1 go test -tags openblas ./blas/...
    echo "OPENBLAS_CORETYPE=Haswell"
    CGO_ENABLED=1 go test -tags openblas -count=1 -exec "env OPENBLAS_CORETYPE=Haswell" -run 'Sizes|Special|Zero' ./blas
    unset CGO_LDFLAGS

    step "the programs that are shipped"
    bin=$(mktemp -d)
    trap 'rm -rf "$bin"' EXIT
    go run ./release -version v0.0.0-test -programs "$bin"
    MATPOOL_BIN=$bin go test -count=1 -run 'TestScripts/(matinit|matprod|matcombine|input|version|help)' ./cmd
    MATPOOL_BIN=$bin go test -count=1 ./test/numpy
else
    step "OpenBLAS and the programs that are shipped: left out, they are for linux/amd64"
fi

step "all tests passed"
