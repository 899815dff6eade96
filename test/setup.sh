#!/bin/sh
# Makes sure that what `make test` needs beyond Go and make is on this machine: C compilers, for the race
# detector and for the programs that are shipped; numpy on OpenBLAS, the oracle of our tests; an emulator
# of other processors; shellcheck; strace, which counts system calls; and zip, which packs .npz files.
# Installs what is missing when it is root on a Debian-like system; otherwise prints the command to type
# and exits with 1.
set -eu

python=/usr/bin/python3 # Debian's, not another in PATH: the packages below are for this one

have_gcc() {
    # With a header and a library, as cgo links them.
    echo '#include <pthread.h>
int main(void) { return pthread_self() == 0; }' | gcc -pthread -x c -o /dev/null - 2>/dev/null
}

# numpy_state prints missing, ok, or other: numpy is there, but runs on another BLAS than OpenBLAS.
# What numpy says of itself is the BLAS it was built with; what it runs on is the library mapped.
# OpenBLAS mapped is not enough: its LAPACK may stand beside another libblas.so.3.
numpy_state() {
    $python -c '
import numpy, re
mapped = open("/proc/self/maps").read()
other = re.search(r"/(?!openblas)[^/\n]*/libblas\.so", mapped)
print("ok" if "openblas" in mapped and not other else "other")' 2>/dev/null || echo missing
}

missing() {
    have_gcc || printf ' gcc libc6-dev'
    case $(numpy_state) in
    missing) printf ' python3-numpy libopenblas0-pthread' ;;
    other) printf ' libopenblas0-pthread' ;;
    esac
    command -v x86_64-w64-mingw32-gcc >/dev/null || printf ' gcc-mingw-w64-x86-64-win32'
    command -v qemu-x86_64 >/dev/null || printf ' qemu-user'
    command -v shellcheck >/dev/null || printf ' shellcheck'
    command -v strace >/dev/null || printf ' strace'
    command -v zip >/dev/null || printf ' zip'
}

# fail MESSAGE [COMMAND]: the command is for the reader to type.
fail() {
    printf 'setup.sh: %s\n' "$1" >&2
    [ $# -eq 1 ] || printf '    %s\n' "$2" >&2
    exit 1
}

packages=$(missing)
[ -n "$packages" ] || exit 0

install="apt-get install -y --no-install-recommends$packages"
command -v apt-get >/dev/null ||
    fail "missing:$packages (Debian's names; there is no apt-get here, so install them with your system's own means)"
[ "$(id -u)" -eq 0 ] ||
    fail "missing:$packages. Type:" "sudo sh -c 'apt-get update && $install'"

echo "setup.sh: installing$packages"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
for command in "apt-get update" "$install"; do
    if ! $command >"$log" 2>&1 </dev/null; then
        tail -n 20 "$log" >&2
        fail "this failed, its last lines are above: $command"
    fi
done

have_gcc || fail "gcc is installed, but cannot build a C program. See why:" \
    "echo 'int main(void) { return 0; }' | gcc -pthread -x c -o /dev/null -"
case $(numpy_state) in
missing) fail "python3-numpy is installed, but this fails:" "$python -c 'import numpy'" ;;
other) fail "libopenblas0-pthread is installed, but numpy runs on another BLAS. Type:" \
    "update-alternatives --auto libblas.so.3-$(gcc -print-multiarch)" ;;
esac
