#!/usr/bin/env bash
# Runs every test of the project; `make test` calls it. At the end it prints how long each step took, what
# was left out on this machine, and why.
set -euo pipefail
cd "$(dirname "$0")/.."
temp=$(mktemp -d)
times=() left_out=()

# step WHAT ends the current step and begins the next.
step() {
    times+=("$(printf '%5d s  %s' $((SECONDS - ${began:=0})) "${what:-}")")
    began=$SECONDS what=$1
    printf '\n== %s\n' "$what"
}

# may_lack COMMAND... runs a test that ends with exit status 77 if this machine lacks something for a
# part of it; the last line on stderr says what.
may_lack() {
    local status=0
    { "$@" 2>&1 >&3 | tee "$temp/stderr" >&2; } 3>&1 || status=$?
    case $status in
    0) ;;
    77) left_out+=("$(tail -n 1 "$temp/stderr")") ;;
    *) exit $status ;;
    esac
}

report() {
    local status=$? last=${what-the beginning} background
    mapfile -t background < <(jobs -p)
    [ ${#background[@]} -eq 0 ] || kill "${background[@]}" 2>/dev/null || true
    [ -z "$GOFLAGS" ] || left_out+=("everything that GOFLAGS=$GOFLAGS, which was set, excludes")
    step "time of each step"
    printf '%s\n' "${times[@]:1}"
    if [ ${#left_out[@]} -gt 0 ]; then
        printf '\n== left out\n'
        printf '%s\n' "${left_out[@]}"
    fi
    rm -rf "$temp"
    if [ $status -ne 0 ]; then
        printf '\n== failed: %s\n' "$last"
    elif [ ${#left_out[@]} -gt 0 ]; then
        printf '\n== all tests passed, except those left out\n'
    else
        printf '\n== all tests passed\n'
    fi
}
trap report EXIT
trap 'exit 143' TERM
trap 'exit 130' INT

# The tests set these, not the machine.
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE
export GOFLAGS=${GOFLAGS:-} CGO_ENABLED=0
shipped= # whether this machine can make the programs that are shipped
[ "$(go env GOHOSTOS)/$(go env GOHOSTARCH)" != linux/amd64 ] || shipped=yes

step "tools"
test/setup.sh
if [ $shipped ]; then
    # If the library is not in the cache, this takes some minutes, during the next steps.
    nice third_party/openblas/build.sh windows >"$temp/windows.log" 2>&1 &
    windows=$!
fi

step "gofmt, go mod tidy, shellcheck"
unformatted=$(git ls-files -z '*.go' | xargs -0 gofmt -l)
[ -z "$unformatted" ] || { echo "not formatted; run gofmt -w on: $unformatted" >&2; exit 1; }
go mod tidy -diff
git ls-files -z '*.sh' .ci/run test/wine/run test/pool/run-by-wine | xargs -0 shellcheck --external-sources --source-path=SCRIPTDIR

step "go vet, staticcheck"
go vet ./...
GOOS=windows go vet ./...
GOARCH=arm64 go vet ./blas
go tool staticcheck ./...

step "builds for other systems, without cgo"
for target in linux/amd64 linux/arm64 windows/amd64 darwin/arm64; do
    echo "$target"
    GOOS=${target%/*} GOARCH=${target#*/} go build ./...
done

step "tests"
go test -count=1 ./... # Go's cache does not notice that many of them build and run our programs

step "tests with the kernels of older processors"
for off in cpu.avx512=off cpu.avx512=off,cpu.avx2=off; do
    echo "GODEBUG=$off"
    go test -count=1 -exec "env GODEBUG=$off" ./blas ./internal/sum/ddsum ./elem ./internal/random/... ./internal/product ./internal/sum
done

step "race detector"
CGO_ENABLED=1 go test -race ./blas ./npyio ./condor/... ./internal/...

if [ ! $shipped ]; then
    left_out+=("OpenBLAS and the programs that are shipped: they are built only on linux/amd64")
    exit
fi

step "OpenBLAS"
openblas() { third_party/openblas/go.sh linux "$@"; }
openblas vet -tags openblas ./blas/... ./test/equality
openblas test -tags openblas ./blas/...
openblas test -tags openblas -run InTheMiddle ./internal/product
echo "OPENBLAS_CORETYPE=Haswell"
openblas test -tags openblas -count=1 -exec "env OPENBLAS_CORETYPE=Haswell" -run 'Sizes|Special|Zero' ./blas

step "OpenBLAS for Windows"
wait "$windows" || { cat "$temp/windows.log"; exit 1; }

step "make release, build, demo"
test/release.sh "$temp/shipped"

step "the programs that are shipped"
MATPOOL_BIN=$temp/shipped/linux go test -count=1 ./cmd ./test/cost ./test/numpy

step "the programs for Windows"
may_lack test/wine/test.sh "$temp/shipped/windows"

step "Linux on arm64, emulated; the same bits everywhere" # side by side: each keeps one core busy
test/arm64.sh "$temp/shipped/linux_arm64" >"$temp/arm64.log" 2>&1 &
arm64=$!
may_lack test/equality/test.sh
wait "$arm64" || { cat "$temp/arm64.log"; exit 1; }
cat "$temp/arm64.log"

step "a real HTCondor pool"
may_lack test/pool/test.sh "$temp/shipped/linux" "$temp/shipped/windows"

step "numpy 2"
may_lack test/numpy/test.sh "$temp/shipped/linux"
