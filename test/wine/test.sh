#!/usr/bin/env bash
# test.sh [FOLDER]
#
# tests what is for Windows, in Wine: the packages that deal with the system, and the programs, by the
# same scripts as those for Linux. The programs are built for this, unless FOLDER holds them. Exit
# status 77 says that Wine is not to be had on this machine, and stderr why.
set -euo pipefail
if [ -z "${MATPOOL_WINE-}" ]; then
    "$(dirname "$0")/setup.sh" >/dev/null
    exec "$(dirname "$0")/session.sh" "$0" "$@"
fi
[ $# -eq 0 ] || MATPOOL_BIN=$(realpath "$1")
cd "$(dirname "$0")/../.."
export CGO_ENABLED=0

go test -count=1 ./test/wine
GOOS=windows go test -exec "'$PWD/test/wine/run'" ./npyio ./internal/...
if [ $# -eq 0 ]; then
    MATPOOL_BIN=$(mktemp -d)
    trap 'rm -rf "$MATPOOL_BIN"' EXIT
    GOOS=windows go build -trimpath -o "$MATPOOL_BIN" ./cmd/...
fi
export MATPOOL_BIN
go test -count=1 ./cmd
