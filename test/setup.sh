#!/bin/sh
# Makes sure that this machine has what `make test` needs besides Go and make: C compilers, for the race
# detector and for the programs that are shipped; numpy on OpenBLAS, which the results are compared with;
# an emulator of other processors; shellcheck; strace, which counts system calls; zip; xxhash and pandas,
# which read records; gdbm, h5py and scipy, whose files the hints convert; and a browser for the pages that
# matwatch writes. As root on a Debian-like system it installs what is missing; otherwise it prints the command
# to type and exits with 1.
set -eu

python=/usr/bin/python3 # Debian's, since the packages below are for it; PATH may have another one

have_gcc() {
    # With a header and a library, as cgo uses them.
    echo '#include <pthread.h>
int main(void) { return pthread_self() == 0; }' | gcc -pthread -x c -o /dev/null - 2>/dev/null
}

# numpy_state prints ok, missing, or other, which means that numpy runs on another BLAS than OpenBLAS.
# numpy itself reports the BLAS it was built with; the one it runs on is in the list of mapped libraries.
# A mapped OpenBLAS is not enough, since it may provide only LAPACK, beside another libblas.so.3.
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
    { command -v qemu-x86_64 && command -v qemu-aarch64; } >/dev/null || printf ' qemu-user'
    command -v shellcheck >/dev/null || printf ' shellcheck'
    command -v strace >/dev/null || printf ' strace'
    command -v zip >/dev/null || printf ' zip'
    command -v bunzip2 >/dev/null || printf ' bzip2'
    command -v unxz >/dev/null || printf ' xz-utils'
    command -v xxh128sum >/dev/null || printf ' xxhash'
    $python -c 'import pandas' 2>/dev/null || printf ' python3-pandas'
    $python -c 'import dbm.gnu, h5py, scipy.io' 2>/dev/null || printf ' python3-gdbm python3-h5py python3-scipy'
    { command -v chromium-headless-shell || command -v chromium || command -v google-chrome; } >/dev/null || printf ' chromium-headless-shell'
}

# fail MESSAGE [COMMAND] prints a message, and a command that the reader can type.
fail() {
    printf 'setup.sh: %s\n' "$1" >&2
    [ $# -eq 1 ] || printf '    %s\n' "$2" >&2
    exit 1
}

packages=$(missing)
[ -n "$packages" ] || exit 0

install="apt-get install -y --no-install-recommends$packages"
command -v apt-get >/dev/null ||
    fail "missing:$packages (Debian's names; there is no apt-get here, so use your system's package manager)"
[ "$(id -u)" -eq 0 ] ||
    fail "missing:$packages. Type:" "sudo sh -c 'apt-get update && $install'"

echo "setup.sh: installing$packages"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
for command in "apt-get update" "$install"; do
    if ! $command >"$log" 2>&1 </dev/null; then
        tail -n 20 "$log" >&2
        fail "this command failed; its last lines are above: $command"
    fi
done

have_gcc || fail "gcc is installed, but cannot build a C program. To see why, type:" \
    "echo 'int main(void) { return 0; }' | gcc -pthread -x c -o /dev/null -"
case $(numpy_state) in
missing) fail "python3-numpy is installed, but this command fails:" "$python -c 'import numpy'" ;;
other) fail "libopenblas0-pthread is installed, but numpy runs on another BLAS. Type:" \
    "update-alternatives --auto libblas.so.3-$(gcc -print-multiarch)" ;;
esac
