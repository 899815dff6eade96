#!/usr/bin/env bash
# test.sh [FOLDER]...
#
# tests what is for Windows, in Wine: the packages that deal with the system, and the programs, by the
# same scripts as those for Linux; the programs as go build makes them, then those in each FOLDER. Exit
# status 77 says that Wine is not to be had on this machine, and stderr why.
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
go test -count=1 -tags wine ./test/wine
# Wine reserves no room for a file.
GOOS=windows go test -exec "'$PWD/test/wine/run'" -skip '^TestReserveAllots$' ./npyio ./internal/...

built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
GOOS=windows go build -trimpath -o "$built" ./cmd/...
# Time and memory would be Wine's, and the flags are those of the programs for Linux.
for folder in "$built" "${folders[@]}"; do
    MATPOOL_BIN=$folder go test -count=1 -skip '^(TestManyJobs|TestFlagsAreInTheManual)$' ./cmd
done
