#!/bin/sh
# demo.sh DIR JOBS SIZE runs the whole flow in DIR, with the programs in DIR/bin.
set -eu

dir=$1 jobs=$2 size=$3
last=$((jobs - 1))
cd "$dir"
PATH=$PWD/bin:$PATH

step() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || step() { printf '\n%s\n' "$*"; }

awk -v jobs="$jobs" -v size="$size" -v dir="$dir" 'BEGIN {
    printf "%d products of %d×%d matrices; the files take %.2f GB in %s/ (make clean removes them)\n",
        jobs, size, size, 24 * jobs * size * size / 1e9, dir }'
rm -f input[AB]*.npy output*.npy # from an earlier run

step "1. matinit -jobs $jobs -size $size -seed 2026      (initialise.py)"
matinit -jobs "$jobs" -size "$size" -seed 2026

step "2. matprod inputA<i>.npy inputB<i>.npy output<i>.npy, for i = 0 … $last      (product.py, once for each job)"
i=0
while [ "$i" -lt "$jobs" ]; do
    matprod "inputA$i.npy" "inputB$i.npy" "output$i.npy"
    i=$((i + 1))
done
echo "wrote output0.npy to output$last.npy"

step "3. matcombine -jobs $jobs output.npy      (combine.py)"
combined=$(matcombine -jobs "$jobs" output.npy)
echo "$combined"

step "4. matprod -serial -jobs $jobs      (serial.py, the check)"
serial=$(matprod -serial -jobs "$jobs")
echo "$serial"

echo
if [ "${combined##* }" = "${serial##* }" ]; then
    echo "The two norms are equal to the last digit."
else
    echo "demo.sh: the two norms differ; this is a bug, please report it" >&2
    exit 1
fi
