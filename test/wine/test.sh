#!/usr/bin/env bash
# test.sh [FOLDER]...
#
# tests, in Wine, the packages that deal with Windows, and the programs for Windows, with the same scripts as
# those for Linux: first the programs as go build makes them, then those in each FOLDER. Exit status 77
# means that Wine is not available on this machine; stderr says why.
set -euo pipefail
if [ -z "${MATPOOL_WINE-}" ]; then
    "$(dirname "$0")/setup.sh" >/dev/null
    exec "$(dirname "$0")/session.sh" "$0" "$@"
fi
folders=()
for folder; do folders+=("$(realpath "$folder")"); done
cd "$(dirname "$0")/../.."
export CGO_ENABLED=0

go vet -tags wine ./test/wine
go test -timeout 40m -count=1 -tags wine ./test/wine
# Wine cannot reserve space for a file.
GOOS=windows go test -timeout 40m -exec "'$PWD/test/wine/run'" -skip '^TestReserveAllots$' ./npyio ./internal/...

built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
GOOS=windows go build -trimpath -o "$built" ./cmd/...
# TestManyJobs and TestManyRecords would measure Wine's time and memory.
for folder in "$built" "${folders[@]}"; do
    MATPOOL_BIN=$folder go test -timeout 40m -count=1 -skip '^TestMany' ./cmd
done
