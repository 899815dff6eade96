#!/usr/bin/env bash
# Runs every test of the project; `make test` calls it. Four lanes of steps run side by side, since many
# steps wait for something, or keep only one core busy; a lane that has ended takes the next of the steps that
# belong to none. What a step prints is shown when it ends. A step
# that fails ends the others. At the end comes a table of the steps, and what was left out on this machine,
# and why.
set -euo pipefail
cd "$(dirname "$0")/.."
temp=$(mktemp -d)
declare -A lanes=() # the processes of the lanes that have not ended

# step WHAT COMMAND... runs a step. A command that ends with exit status 77 has left something out because
# this machine lacks it; its last line says what.
step() {
    local what=$1 log status=0 real user system cached
    shift
    log=$(mktemp "$temp/step.XXXX")
    { flock 9; echo "-- begins: $what"; } 9>"$temp/lock"
    "$@" >"$log" 2>&1 & # set -e works in the command, unlike in a condition
    { TIMEFORMAT='%0R %0U %0S' && time wait $!; } 2>"$log.time" || status=$?
    read -r real user system < <(tail -n 1 "$log.time")
    { flock 9; printf '\n== %s\n' "$what"; cat "$log"; echo; } 9>"$temp/lock"
    cached=$(grep -c '(cached)' "$log") && cached=" ($cached cached)" || cached=
    printf '%5d s %7d s  %s\n' "$real" $((user + system)) "$what$cached" >>"$temp/times"
    case $status in
    0) ;;
    77) tail -n 1 "$log" >>"$temp/left_out" ;;
    *)
        ln "$log" "$temp/first" 2>/dev/null && echo "$what" >"$temp/failed"
        exit 1
        ;;
    esac
}

report() {
    local status=$?
    trap '' INT TERM
    for lane in "${!lanes[@]}"; do kill -- "-$lane" 2>/dev/null || true; done
    wait 2>/dev/null || true
    printf '\n== time of each step, and of all processors\n'
    [ ! -e "$temp/times" ] || cat "$temp/times"
    printf '%5d s %7s    everything\n' $SECONDS ''
    [ -z "$GOFLAGS" ] || echo "everything that GOFLAGS=$GOFLAGS, which was set, excludes" >>"$temp/left_out"
    if [ -e "$temp/left_out" ]; then
        printf '\n== left out\n'
        cat "$temp/left_out"
    fi
    if [ -e "$temp/failed" ]; then
        printf '\n== failed: %s\n' "$(cat "$temp/failed")"
        [ $status -ne 0 ] || status=1
    elif [ $status -ne 0 ]; then
        printf '\n== stopped\n'
    elif [ -e "$temp/left_out" ]; then
        printf '\n== all tests passed, except those left out\n'
    else
        printf '\n== all tests passed\n'
    fi
    rm -rf "$temp"
    exit $status
}
trap report EXIT
trap 'exit 143' TERM
trap 'exit 130' INT

# The tests set these, not the machine.
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE
export GOFLAGS=${GOFLAGS:-} CGO_ENABLED=0

# ---------------------------------------------------------------- steps of more than one command

formatted() {
    local unformatted
    unformatted=$(git ls-files -z '*.go' | xargs -0 gofmt -l)
    [ -z "$unformatted" ] || { echo "not formatted; run gofmt -w on: $unformatted"; exit 1; }
    go mod tidy -diff
    go mod verify
    git ls-files -z '*.sh' .ci/run test/wine/run test/pool/run-by-wine | xargs -0 shellcheck --external-sources --source-path=SCRIPTDIR
}

vetted() {
    go vet ./...
    GOOS=windows go vet ./...
    GOARCH=arm64 go vet ./...
    go tool staticcheck ./...
}

known_vulnerabilities() {
    local status=0 found
    found=$(go tool govulncheck ./... 2>&1) || status=$?
    echo "$found"
    case $found in
    *"fetching vulnerabilities"*)
        echo "known vulnerabilities of modules: Go's database of them cannot be reached from this machine"
        return 77
        ;;
    esac
    return "$status"
}

built() {
    local target
    for target in linux/amd64 linux/arm64 windows/amd64 darwin/arm64; do
        echo "$target"
        GOOS=${target%/*} GOARCH=${target#*/} go build ./...
    done
}

tested() {
    mkdir "$temp/go"
    go build -trimpath -o "$temp/go" ./cmd/...
    test/replace.sh "$temp/go" build/go
    MATPOOL_BIN=$PWD/build/go go test -timeout 40m ./...
}

older() {
    local off packages=(./blas ./elem ./internal/blocks ./internal/product ./internal/random/... ./internal/sum/...)
    # Compiled before GODEBUG is set: Go's compiler does not know the feature, and Go's cache would repeat that it says so.
    go test -run '^$' "${packages[@]}" >/dev/null
    for off in cpu.avx512=off cpu.avx512=off,cpu.avx2=off; do
        echo "GODEBUG=$off"
        # Left out are all numbers of threads but two: each kernel has them in the step "tests".
        GODEBUG=$off go test -timeout 40m -skip '.*/.*/threads=(1|3)' "${packages[@]}"
    done
}

raced() {
    # Left out are tests of one goroutine that take minutes here, products with fewer than three threads, and one of the two
    # vector kernels: what is not assembly is the same.
    local slow='FlippedBits$|LongDirectories$|HostileArchives$|NpzsOfManyArrays$|OneByteChanged$|EndOfTooLong$|DamagedLogs$|CutAnywhere$'
    CGO_ENABLED=1 go test -timeout 40m -race -skip "$slow|.*/.*/threads=(1|2)|.*/avx2|.*/.*/avx2" ./blas ./npyio ./condor/... ./internal/...
}

openblas() {
    third_party/openblas/go.sh linux vet -tags openblas ./blas/... ./test/equality
    # Left out are the other kernels, which the tag does not change.
    third_party/openblas/go.sh linux test -timeout 40m -tags openblas -skip '.*/(avx512|avx2|generic)/.*' ./blas/...
    third_party/openblas/go.sh linux test -timeout 40m -tags openblas -run InTheMiddle ./internal/product
    echo "OPENBLAS_CORETYPE=Haswell"
    third_party/openblas/go.sh linux test -timeout 40m -tags openblas -exec "env OPENBLAS_CORETYPE=Haswell" -run 'Sizes|Special|Zero' ./blas
}

# Left out is what has the same code as in the step "tests": of the programs that are shipped for Linux, only matprod has
# other code than go build's. (With the flags of that step, Go's cache would keep only the later one's results.)
shipped_programs() {
    MATPOOL_BIN=$PWD/build/shipped/linux go test -timeout 40m -skip '^Test(Many|BigLog|RandomStreams|Document)|^TestScripts$/^matwatch' ./cmd ./test/cost ./test/numpy
}

arm64() {
    released
    test/arm64.sh build/shipped/linux_arm64
}

# ---------------------------------------------------------------- lanes

# The steps of no lane, the longest first, and their commands.
others=(
    "race detector" raced
    "tests with the kernels of older processors" older
)

# take runs those steps of no lane that no other lane has taken.
take() {
    local n
    while :; do
        { flock 9; n=$(wc -l <"$temp/taken"); echo >>"$temp/taken"; } 9>"$temp/lock"
        [ $((2 * n)) -lt ${#others[@]} ] || break
        step "${others[2 * n]}" "${others[2 * n + 1]}"
    done
}

# Others wait for what is shipped, so that this lane gives way to theirs.
code() {
    renice 5 $BASHPID >/dev/null
    step "gofmt, go mod tidy and verify, shellcheck" formatted
    step "go vet, staticcheck" vetted
    step "known vulnerabilities" known_vulnerabilities
    step "builds for other systems, without cgo" built
    step "tests" tested
    take
}

shipped() {
    step "OpenBLAS for Windows" third_party/openblas/build.sh windows
    step "make release, build, demo" test/release.sh build/shipped
    touch "$temp/released"
    step "the programs that are shipped" shipped_programs
    step "numpy 2" test/numpy/test.sh build/shipped/linux
    take
}

# released waits until there are programs that are shipped.
released() { until [ -e "$temp/released" ]; do sleep 0.2; done; }

pool() {
    step "an HTCondor pool" sh -c 'test/pool/setup.sh || [ $? -eq 77 ]'
    released
    step "a real HTCondor pool" test/pool/test.sh build/shipped/linux build/shipped/windows
    take
}

windows() {
    step "Wine" sh -c 'test/wine/setup.sh || [ $? -eq 77 ]'
    step "packages on Windows" test/wine/test.sh --packages
    released
    step "the programs for Windows" test/wine/test.sh build/shipped/windows
    take
}

step "tools" test/setup.sh
MATPOOL_NUMPY=$(/usr/bin/python3 -c 'import numpy, platform; print(numpy.__version__, platform.libc_ver()[1])')
export MATPOOL_NUMPY
touch "$temp/taken"
set -m # each lane is a process group
native=$(go env GOHOSTOS)/$(go env GOHOSTARCH)
if [ "$native" = linux/amd64 ]; then
    others+=("the same bits everywhere" test/equality/test.sh "Linux on arm64, emulated" arm64 "OpenBLAS" openblas)
    for lane in code shipped pool windows; do
        $lane &
        lanes[$!]=$lane
    done
else
    echo "OpenBLAS and the programs that are shipped: they are built only on linux/amd64" >"$temp/left_out"
    code &
    lanes[$!]=code
fi
while [ ${#lanes[@]} -gt 0 ]; do
    wait -n -p ended "${!lanes[@]}"
    unset "lanes[$ended]"
done
