#!/usr/bin/env bash
# Tests that all implementations give the products of golden.txt: Go's kernels and OpenBLAS's, on Linux,
# on Windows (in Wine), and on emulated processors. go test ./test/equality tests Go's kernels on Linux;
# this script tests the rest. Exit status 77 means that Windows was left out because Wine is not available
# on this machine; stderr says why.
set -euo pipefail
cd "$(dirname "$0")/../.."
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

# build SYSTEM FILE builds the tests as a program, with OpenBLAS.
build() { third_party/openblas/go.sh "$1" test -c -tags openblas -o "$2" ./test/equality; }

# tests WHAT CORE TESTS COMMAND... runs tests with a core's kernels; if CORE is -, OpenBLAS chooses them.
tests() {
    local log=$temp/log core=$2
    printf '%-24s %-9s' "$1" "$core"
    [ "$core" != - ] || core=
    if ! (cd test/equality && OPENBLAS_CORETYPE=$core "${@:4}" -test.v -test.run "$3" >"$log" 2>&1); then
        echo FAILED
        cat "$log"
        exit 1
    fi
    # What computed the products, and the number of runs.
    sed -n 's/^ *equality_test.go:[0-9]*: computed by //p' "$log" | uniq -c | sed 's/^ *//; 2,$s/^/                                  /'
}

fastest='OpenBLAS|(Kernels|LargeProducts)/(openblas|default)'
small='OpenBLAS|Kernels/(openblas|default)'
cores='Prescott Haswell Zen SkylakeX'

if [ "${1-}" = --windows ]; then # in Wine's session
    for core in $cores; do
        tests Windows "$core" "$fastest" "$PWD/test/wine/run" "$2"
    done
    tests Windows - . "$PWD/test/wine/run" "$2"
    exit
fi

build linux "$temp/linux"
tests Linux - '(Kernels|LargeProducts)/(openblas|default)' "$temp/linux"
for core in $cores; do
    tests Linux "$core" "$fastest" "$temp/linux"
done

# A core's kernels on a processor that cannot run them. Large products would take long there.
tests 'Linux, emulated Haswell' - "$small" qemu-x86_64 -cpu Haswell "$temp/linux"
tests 'Linux, emulated Haswell' SkylakeX "$small" qemu-x86_64 -cpu Haswell "$temp/linux"
tests 'Linux, emulated Nehalem' Haswell "$small" qemu-x86_64 -cpu Nehalem "$temp/linux"

test/wine/setup.sh >/dev/null
build windows "$temp/windows.exe"
test/wine/session.sh test/equality/test.sh --windows "$temp/windows.exe"
