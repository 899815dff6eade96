#!/usr/bin/env bash
# arm64.sh [FOLDER]
#
# tests Linux on arm64, on an emulated processor: the packages whose results are the same everywhere; and that the
# programs for arm64, those in FOLDER or else as go build makes them, write the same files and print the same norms
# as those for this machine.
set -euo pipefail
folder=${1:+$(realpath "$1")}
cd "$(dirname "$0")/.."
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
export CGO_ENABLED=0

# emulated FLAG... PACKAGE... runs tests.
emulated() { GOARCH=arm64 go test -timeout 40m -count=1 -exec qemu-aarch64 "$@"; }
# Left out is what would take long: large inputs, and other numbers of threads.
emulated -skip Of5GB ./internal/sum/ddsum ./elem ./internal/random/nprand ./npyio
emulated -run 'Golden|Definition|Kernels/.*/threads=2' ./test/equality
# Our kernel: the plain one is not for this processor, and slow to emulate.
emulated -run './neon/threads=3' -skip 'HalfTheWork|FlippedBits' ./blas

build() { GOARCH=$1 go build -trimpath -o "$temp/$1/" ./cmd/{matinit,matprod,matcombine}; }
build "$(go env GOARCH)"
[ -n "$folder" ] || { build arm64; folder=$temp/arm64; }

# flow WHAT COMMAND... runs the flow in a folder, with the programs that COMMAND.../PROGRAM starts.
flow() {
    local run=("${@:2:$#-2}") programs=${*: -1}
    mkdir "$temp/$1"
    cd "$temp/$1"
    "${run[@]}" "$programs/matinit" -quiet -jobs 5 -size 300 -seed 2026
    "${run[@]}" "$programs/matprod" -quiet -serial -jobs 5
    "${run[@]}" "$programs/matprod" -quiet -first 0 -count 5
    "${run[@]}" "$programs/matcombine" -jobs 5 -o sum.npy output.npy
    sha256sum ./*.npy
}
(flow here env "$temp/$(go env GOARCH)") >"$temp/want"
(flow there qemu-aarch64 "$folder") >"$temp/got"
diff "$temp/want" "$temp/got"
grep -i norm "$temp/got"
qemu-aarch64 "$folder/matprod" -version
