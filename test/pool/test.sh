#!/usr/bin/env bash
# test.sh
#
# tests the programs on a real HTCondor pool: that of session.sh. Exit status 77 says that it is not to
# be had on this machine, and stderr why.
set -euo pipefail
if [ -z "${MATPOOL_POOL-}" ]; then
    "$(dirname "$0")/setup.sh" >/dev/null
    exec "$(dirname "$0")/session.sh" "$0" "$@"
fi
cd "$(dirname "$0")/../.."
export CGO_ENABLED=0

go vet -tags pool ./condor ./test/pool
go test -count=1 -tags pool -run CondorSubmit ./condor
# Jobs mostly wait: all tests at once.
go test -count=1 -tags pool -parallel 50 ./test/pool
