#!/usr/bin/env bash
# test.sh [--packages|FOLDER]
#
# tests, in Wine, the packages that deal with Windows, or the programs for Windows with the same scripts as those
# for Linux: the programs in FOLDER. Without an argument it tests both, and the programs as go build makes them. Exit
# status 77 means that Wine is not available on this machine; stderr says why.
set -euo pipefail
if [ -z "${MATPOOL_WINE-}" ]; then
    "$(dirname "$0")/setup.sh" >/dev/null
    exec "$(dirname "$0")/session.sh" "$0" "$@"
fi
what=${1-all} folder=
[ "$what" = all ] || [ "$what" = --packages ] || folder=$(realpath "$what")
cd "$(dirname "$0")/../.."
export CGO_ENABLED=0

if [ -z "$folder" ]; then
    go vet -tags wine ./test/wine
    go test -timeout 40m -count=1 -tags wine ./test/wine
    # Wine cannot reserve space for a file.
    GOOS=windows go test -timeout 40m -exec "'$PWD/test/wine/run'" -skip '^TestReserveAllots$' ./npyio ./internal/...
    [ "$what" = all ] || exit 0
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    GOOS=windows go build -trimpath -o "$folder" ./cmd/...
fi
test/replace.sh "$folder" build/wine
# TestManyJobs and TestManyRecords would measure Wine's time and memory.
MATPOOL_BIN=$PWD/build/wine go test -timeout 40m -skip '^TestMany' ./cmd
