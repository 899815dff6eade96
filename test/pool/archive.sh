#!/usr/bin/env bash
# archive.sh [RELEASE]
#
# runs all tests on a real pool and the table of a fixed factor, as test.sh does, with the HTCondor of a Debian
# release, and keeps what they print in test/runs/DATE-htcondor-VERSION. If a test fails it archives nothing,
# and says where the output is.
set -euo pipefail
cd "$(dirname "$0")/../.."
export MATPOOL_POOL_RELEASE=${1-}
temp=$(mktemp -d)

load() { cut -d ' ' -f 1-3 /proc/loadavg; }

# run NAME GOFLAGS runs tests, keeps their output, and prints how many seconds they took.
run() {
    local begin=$SECONDS
    GOFLAGS="-count=1 $2" test/pool/test.sh >"$temp/$1" 2>&1 || { tail -n 50 "$temp/$1" >&2; echo "archive.sh: the whole output is $temp/$1" >&2; exit 1; }
    echo $((SECONDS - begin))
}

commit=$(git describe --always --dirty) when=$(date -u '+%F %H:%M UTC') before=$(load)
seconds=$(run all -v)
after=$(load)
run table '-v -run=FixedFactorTable' >"$temp/table-seconds"
# shellcheck disable=SC2016 # it runs in the session
test/pool/session.sh sh -c '
    condor_version | sed -n "s/^\$CondorVersion: \([^ ]*\) .*/\1/p"
    /usr/bin/python3 -c "import numpy; print(numpy.__version__)"
    /usr/lib/wine/wine64 --version' >"$temp/versions"
{ read -r htcondor; read -r numpy; read -r wine; } <"$temp/versions"

folder=test/runs/${when%% *}-htcondor-$htcondor
mkdir -p "$folder"
grep -E '^ *--- ' "$temp/all" >"$folder/tests.txt"
cat >"$folder/README.md" <<END
# A run of the tests on a real pool

All tests passed; [tests.txt](tests.txt) has the time of each. Most run at the same time.

\`\`\`
date: $when
commit: $commit
htcondor: $htcondor
numpy: $numpy
wine: $wine
cpu: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
cores: $(nproc)
passed: $(grep -cE '^ *--- PASS' "$folder/tests.txt")
skipped: $(grep -cE '^ *--- SKIP' "$folder/tests.txt" || true)
seconds: $seconds
load-before: $before
load-after: $after
command: test/pool/archive.sh $MATPOOL_POOL_RELEASE
\`\`\`

40 jobs on four slots of two machines, which have a fixed factor of 400 MB in common: the bytes and the time, and what
the verdict said of them. The load was $after before, $(load) after.

$(sed -n 's/^ *share_test.go:[0-9]*: \(| .*\)/\1/p' "$temp/table")
END
sed -i 's/^| A.npy |.*/&\n|---|--:|--:|--:|--:|--:|/' "$folder/README.md"
echo "$folder"
rm -r "$temp"
