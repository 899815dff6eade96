#!/usr/bin/env bash
# test.sh [-update] [FOLDER]...
#
# tests the programs on a real HTCondor pool, that of session.sh: the programs for Linux and for Windows
# as go build makes them, or those in the FOLDERs. Exit status 77 means that the pool is not available on
# this machine; stderr says why. GOFLAGS='-run=Mixed -count=5 -v' runs some of the tests, five times. Go's cache knows
# what the tests depend on; -count=1 runs them in any case.
# POOL_FLAGS=-alone adds flags of the tests. -update pastes into the documents in docs/ what their commands print.
set -euo pipefail
update=() folders=()
[ "${1-}" != -update ] || { update=(-update); shift; }
for folder; do folders+=("$(realpath "$folder")"); done
cd "$(dirname "$0")/../.."
export CGO_ENABLED=0 GOFLAGS=${GOFLAGS-} MATPOOL_BIN=$PWD/build/pool

test/pool/setup.sh >/dev/null
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
mkdir "$temp/bin"
if [ ${#folders[@]} -eq 0 ]; then
    for system in linux windows; do GOOS=$system GOFLAGS='' go build -trimpath -o "$temp/bin" ./cmd/...; done
fi
for folder in "${folders[@]}"; do cp "$folder"/mat* "$temp/bin"; done
for system in linux windows; do GOOS=$system GOFLAGS='' go build -trimpath -o "$temp/bin" ./test/pool/testdata/worker ./test/pool/testdata/badprod; done
test/replace.sh "$temp/bin" "$MATPOOL_BIN"

go vet -tags pool ./condor/submitfile ./test/pool
# pool_tests FLAG... PACKAGE... runs tests beside a pool.
pool_tests() { test/pool/session.sh go test -tags pool -parallel 50 -timeout 40m "$@"; }
case $GOFLAGS in
*-run=*)
    # shellcheck disable=SC2086 # several flags
    pool_tests ./test/pool "${update[@]}" ${POOL_FLAGS-}
    exit
    ;;
esac
# Jobs mostly wait, so all tests run at the same time. Only the documents need a pool of their own.
pool_tests -run Documents ./test/pool "${update[@]}" >"$temp/documents.log" 2>&1 &
documents=$!
status=0
if [ -n "${MATPOOL_POOL_RELEASE-}" ]; then # with a machine that has the older HTCondor
    MATPOOL_POOL_LINUX2=$(MATPOOL_POOL_RELEASE='' test/pool/setup.sh) pool_tests -run OlderMachine ./test/pool || status=$?
fi
pool_tests -skip "Documents|Table|OlderMachine|Histories|Blows|Samples" ./test/pool ./condor/submitfile || status=$?
wait $documents || status=$?
cat "$temp/documents.log"
[ $status -eq 0 ] || exit 1
