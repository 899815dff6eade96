#!/usr/bin/env bash
# Tests that all implementations give the products of golden.txt: Go's kernels and those of OpenBLAS, on
# Linux, on Windows (in Wine), and on processors that this one emulates. Go's kernels on Linux are
# tested by go test ./test/equality alone; this takes the rest. Exit status 77 says that Windows was left
# out since Wine is not to be had on this machine, and stderr why.
set -euo pipefail
cd "$(dirname "$0")/../.."
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

# build SYSTEM FILE: the tests as a program, with OpenBLAS.
build() { third_party/openblas/go.sh "$1" test -c -tags openblas -o "$2" ./test/equality; }

# tests WHAT CORE TESTS COMMAND...: with a core's kernels, or for CORE - with those that OpenBLAS chooses.
tests() {
    local log=$temp/log core=$2
    printf '%-24s %-9s' "$1" "$core"
    [ "$core" != - ] || core=
    if ! (cd test/equality && OPENBLAS_CORETYPE=$core "${@:4}" -test.v -test.run "$3" >"$log" 2>&1); then
        echo FAILED
        cat "$log"
        exit 1
    fi
    # What computed, and the number of runs.
    sed -n 's/^ *equality_test.go:[0-9]*: computed by //p' "$log" | uniq -c | sed 's/^ *//; 2,$s/^/                                  /'
}

fastest='OpenBLAS|Kernels/default'
cores='Prescott Haswell Zen SkylakeX'

if [ "${1-}" = --windows ]; then # in Wine's session
    for core in $cores; do
        tests Windows "$core" "$fastest" "$PWD/test/wine/run" "$2"
    done
    tests Windows - . "$PWD/test/wine/run" "$2"
    exit
fi

build linux "$temp/linux"
tests Linux - 'Kernels/(openblas|default)' "$temp/linux"
for core in $cores; do
    tests Linux "$core" "$fastest" "$temp/linux"
done

# A core's kernels on a processor that cannot run them.
tests 'Linux, emulated Haswell' - "$fastest" qemu-x86_64 -cpu Haswell "$temp/linux" -test.short
tests 'Linux, emulated Haswell' SkylakeX "$fastest" qemu-x86_64 -cpu Haswell "$temp/linux" -test.short
tests 'Linux, emulated Nehalem' Haswell "$fastest" qemu-x86_64 -cpu Nehalem "$temp/linux" -test.short

test/wine/setup.sh >/dev/null
build windows "$temp/windows.exe"
test/wine/session.sh test/equality/test.sh --windows "$temp/windows.exe"
