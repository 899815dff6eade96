#!/usr/bin/env bash
# Builds the pinned OpenBLAS as a static library, once per machine and user.
#
#     third_party/openblas/build.sh linux|windows
#
# The last line of stdout is the folder with libopenblas.a, cblas.h and LICENSE; everything else goes to
# stderr. Environment: OPENBLAS_TARBALL, XDG_CACHE_HOME. README.md says more.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=pins.sh
. "$here/pins.sh"

say() { printf 'openblas: %s\n' "$1" >&2; }

# fail MESSAGE [LINE...] prints what went wrong, then what the reader can do about it.
fail() {
    say "$1"
    shift
    [ $# -eq 0 ] || printf '    %s\n' "$@" >&2
    exit 1
}

system=${1-}
case $#,$system in
1,linux) cross='' ;;
1,windows) cross=x86_64-w64-mingw32- ;;
*)
    echo "usage: build.sh linux|windows" >&2
    exit 64
    ;;
esac

# ---------------------------------------------------------------- tools

have() { command -v "$1" >/dev/null; }

# compiles COMPILER succeeds if the compiler and its C library's headers exist, and it knows AVX-512.
compiles() {
    have "$1" && "$1" -march=skylake-avx512 -x c -c -o /dev/null - 2>/dev/null <<<'#include <stdio.h>'
}

# missing_packages prints Debian's names for what the build needs and this machine lacks.
missing_packages() {
    compiles gcc || printf ' gcc libc6-dev'
    have make || printf ' make'
    have xz || printf ' xz-utils'
    [ "$system" = linux ] || compiles "${cross}gcc" || printf ' gcc-mingw-w64-x86-64-win32'
}

need_tools() {
    local packages install log command
    packages=$(missing_packages)
    [ -n "$packages" ] || return 0
    install="apt-get install -y --no-install-recommends$packages"
    have apt-get ||
        fail "missing:$packages (Debian's names; there is no apt-get here, so use your system's package manager)"
    [ "$(id -u)" -eq 0 ] ||
        fail "missing:$packages. Type:" "sudo sh -c 'apt-get update && $install'"

    say "installing$packages"
    log=$(mktemp)
    for command in "apt-get update" "$install"; do
        if ! DEBIAN_FRONTEND=noninteractive $command >"$log" 2>&1 </dev/null; then
            tail -n 20 "$log" >&2
            rm -f "$log"
            fail "this command failed; its last lines are above: $command"
        fi
    done
    rm -f "$log"
    packages=$(missing_packages)
    [ -z "$packages" ] || fail "installed, but still not usable:$packages"
}

# ---------------------------------------------------------------- source

# is_pinned FILE SHA256...
is_pinned() {
    local sum want
    sum=$(sha256sum <"$1") || return 1
    for want in "${@:2}"; do
        [ "${sum%% *}" != "$want" ] || return 0
    done
    return 1
}

# keep FILE SHA256 moves a downloaded $work/FILE into the cache if it has the pinned checksum.
keep() {
    [ -s "$work/$1" ] || return 1
    if ! is_pinned "$work/$1" "$2"; then
        say "$1 was downloaded, but its SHA-256 is not the one in pins.sh; not used"
        rm -f "$work/$1"
        return 1
    fi
    mv -f "$work/$1" "$cache/$1"
}

# from_debian asks the mirrors that this machine's apt is configured for. A mirror's pool contains the
# files of all releases, so the file need not be from the machine's own release.
# Note: to find the same file, `apt-get source` would need a deb-src line and 11 MB of lists.
from_debian() {
    local helper=/usr/lib/apt/apt-helper mirrors mirror
    have apt-get && [ -x $helper ] || return 1
    mirrors=$(apt-get --print-uris -o Dir::State::Lists="$work/lists" update 2>>"$log" |
        sed -n "s|^'\(.*\)/dists/.*|\1|p" | sort -u) || return 1
    for mirror in $mirrors; do
        (cd "$work" && $helper -o APT::Sandbox::User=root download-file \
            "$mirror/$debian_pool/$debian_file" "$debian_file" "SHA256:$debian_sha256") >>"$log" 2>&1 || continue
        ! keep "$debian_file" $debian_sha256 || return 0
    done
    return 1
}

from_release() {
    local url=$release_url/$release_file
    if have curl; then
        curl --fail --silent --show-error --location --connect-timeout 20 -o "$work/$release_file" "$url" >>"$log" 2>&1
    elif have wget; then
        wget --no-verbose --timeout=20 --tries=2 -O "$work/$release_file" "$url" >>"$log" 2>&1
    else
        echo "curl and wget, one of which is needed to fetch $url, are both missing" >>"$log"
        return 1
    fi || return 1
    keep "$release_file" $release_sha256
}

# find_source sets $tarball.
find_source() {
    local file sha
    if [ -n "${OPENBLAS_TARBALL-}" ]; then
        tarball=$OPENBLAS_TARBALL
        if [ ! -f "$tarball" ] || [ ! -r "$tarball" ]; then
            fail "OPENBLAS_TARBALL=$tarball: does not exist, or cannot be read"
        fi
        tarball=$(realpath "$tarball")
        is_pinned "$tarball" $debian_sha256 $release_sha256 ||
            fail "OPENBLAS_TARBALL=$tarball is not the pinned source. Its SHA-256 must be one of" \
                "$debian_sha256  $debian_file" "$release_sha256  $release_file" \
                "but is" "$(sha256sum <"$tarball" | cut -d' ' -f1)"
        return
    fi
    for file in $debian_file $release_file; do
        sha=$debian_sha256
        [ "$file" = "$debian_file" ] || sha=$release_sha256
        tarball=$cache/$file
        [ -e "$tarball" ] || continue
        ! is_pinned "$tarball" $sha || return 0
        say "the SHA-256 of $tarball is not the pinned one; fetching it again"
        rm -f "$tarball"
    done
    tarball=$cache/$debian_file
    ! from_debian || return 0
    tarball=$cache/$release_file
    ! from_release || return 0
    tail -n 5 "$log" | cut -c 1-300 >&2
    fail "could not fetch the source from a Debian mirror or from $release_url. Get one of" \
        "$debian_sha256  $debian_file" "$release_sha256  $release_file" \
        "and type: OPENBLAS_TARBALL=/path/to/it $0 $system"
}

# ---------------------------------------------------------------- build

# precompile compiles precompiled.h once for each set of flags. If a set is missing here, or a compiler
# rejects the result, that costs only time: the compiler then finds the empty header, and the sources' own
# #include lines take effect.
precompile() {
    local flags n=0
    mkdir matpool-precompiled.h.gch
    : >matpool-precompiled.h
    for flags in "" "-msse3" "-mavx2" "-march=skylake-avx512 -fno-asynchronous-unwind-tables"; do
        n=$((n + 1))
        # shellcheck disable=SC2086 # several flags
        "${cross}gcc" -O2 -m64 -DWIN32_LEAN_AND_MEAN $flags -x c-header "$here/precompiled.h" \
            -o matpool-precompiled.h.gch/$n.gch || return 1
    done
}

# deepen lets the Haswell kernel take 256 terms at a time on Windows, the depth of our panels, as it does
# on Linux. The source reserves room for 128 on the stack. Windows allocates a stack page by page, so each
# page of the larger buffer is touched, from the top down, as the source does for the smaller one.
deepen() {
    local kernel=kernel/x86_64/dgemm_kernel_4x8_haswell.S
    sed -i '/^#ifdef HASWELL$/,/^#ifdef SKYLAKEX$/ s/^#define DGEMM_DEFAULT_Q 128$/#define DGEMM_DEFAULT_Q 256/' param.h &&
        sed -i -e 's/^#define L_BUFFER_SIZE 128\*8\*12+512$/#define L_BUFFER_SIZE 256*8*12+4096/' \
            -e 's/^\( *movl    \$ 0,  4096 \* \)4(%rsp);\\$/\17(%rsp);\\\n\16(%rsp);\\\n\15(%rsp);\\\n&/' $kernel || return 1
    if [ "$(grep -c '^#define L_BUFFER_SIZE 256\*8\*12+4096$' $kernel)" != 2 ] || ! grep -q '4096 \* 7(%rsp);' $kernel ||
        sed -n '/^#ifdef HASWELL$/,/^#ifdef SKYLAKEX$/p' param.h | grep -q '^#define DGEMM_DEFAULT_Q 128$'; then
        echo "the source of the Haswell kernel is not the one that is changed here"
        return 1
    fi
}

# recognize has AMD's processors since Zen 5 (family 1Ah), which this version does not know and gives the
# kernels for AVX2, chosen as Zen 4 (19h) is: by their instructions.
recognize() {
    local detection=driver/others/dynamic.c
    sed -i 's/^\( *} *else if (exfamily \)== 10) {$/\1>= 10) {/' $detection || return 1
    if [ "$(grep -c 'else if (exfamily >= 10) {$' $detection)" != 1 ]; then
        echo "the source that detects processors is not the one that is changed here"
        return 1
    fi
}

# Note: set -e has no effect in a command whose status is tested, so compile and smoke check each step.

# compile puts the library, its headers and its licences into $work/out. The flags of an outer make and
# the user's CFLAGS, VERSION or TARGET must not reach OpenBLAS's make, so it starts with an empty
# environment. No path of this machine gets into the objects.
compile() {
    local tools=(CC=gcc) make
    mkdir "$work/source" "$work/out" && cd "$work/source" || return 1
    tar -xf "$tarball" --strip-components=1 --no-same-owner && recognize || return 1
    if [ "$system" = windows ]; then
        deepen && precompile || return 1
        tools=(CC="${cross}gcc" AR="${cross}ar" RANLIB="${cross}ranlib" HOSTCC=gcc
            COMMON_OPT="-O2 -DWIN32_LEAN_AND_MEAN -include matpool-precompiled.h")
    fi
    make=(env -i PATH="$PATH" LC_ALL=C ${LD_LIBRARY_PATH+LD_LIBRARY_PATH="$LD_LIBRARY_PATH"}
        make "${tools[@]}" "${options[@]}" MAKE_NB_JOBS=0)
    "${make[@]}" -j"$jobs" libs || return 1
    if grep -x 'NO_AVX\(2\|512\)=1' Makefile.conf; then
        echo "OpenBLAS's check found that the compiler cannot build the AVX-512 kernels, and left them out"
        return 1
    fi
    "${make[@]}" PREFIX=installed install || return 1
    cp LICENSE GotoBLAS_00License.txt installed/include/cblas.h installed/include/openblas_config.h "$work/out" &&
        cp installed/lib/libopenblas.a "$work/out/libopenblas.a" &&
        "${cross}strip" --strip-debug --enable-deterministic-archives "$work/out/libopenblas.a"
}

# smoke builds a small program with the library and, if it is for this system, runs it.
smoke() {
    local kernel imports exe=$work/smoke.exe
    cd "$work/out" || return 1
    for kernel in "${kernels[@]}"; do
        "${cross}nm" libopenblas.a 2>/dev/null | grep -w "D gotoblas_$kernel" >/dev/null || {
            echo "the library has no kernels for $kernel: ${compiler%%$'\n'*} may be too old for them"
            return 1
        }
    done
    "${cross}gcc" -O2 -Wall -I. -static "$here/smoke.c" -o "$exe" -L. -lopenblas -lm || return 1
    if [ "$system" = windows ]; then
        imports=$("${cross}objdump" -p "$exe" | sed -n 's/^.*DLL Name: //p' | sort -u | paste -sd ' ') || return 1
        echo "imports: $imports"
        [ "$imports" = "KERNEL32.dll msvcrt.dll" ] || {
            echo "expected: KERNEL32.dll msvcrt.dll"
            return 1
        }
    else
        env -u OPENBLAS_CORETYPE "$exe"
    fi
}

# ---------------------------------------------------------------- main

# built prints the library's folder if it is complete: BUILD is written last, before the folder gets its
# name.
built() {
    [ -e "$cache/$name/BUILD" ] && echo "$cache/$name"
}

# main is a function, so that bash has read the whole file before the long work starts.
main() {
    [ "$(uname -sm)" = "Linux x86_64" ] ||
        fail "OpenBLAS is built on x86-64 Linux only, and this is $(uname -sm). Without the tag openblas, matpool does not need it."

    cache=${XDG_CACHE_HOME:-${HOME:?is not set; set it, or XDG_CACHE_HOME}/.cache}/matpool/openblas
    [ "${cache#/}" != "$cache" ] || cache=$PWD/$cache
    have "${cross}gcc" || need_tools
    compiler=$("${cross}gcc" --version | sed -n 1p; "${cross}as" --version | sed -n 1p)
    key=$({ echo "$compiler"; cat "$here"/{pins.sh,build.sh,precompiled.h,smoke.c}; } | sha256sum)
    name=$version-$system-${key:0:12}

    ! built || exit 0
    need_tools
    mkdir -p "$cache"
    exec 9>"$cache/$name.lock"
    if ! flock -n 9; then
        say "waiting for another build of the same library"
        flock 9
    fi
    ! built || exit 0
    # We hold the lock, so these are leftovers of a build that was killed.
    rm -rf "${cache:?}/$name" "$cache/$name".tmp-* || true
    work=$(mktemp -d "$cache/$name.tmp-XXXXXX")
    trap 'rm -rf "$work"' EXIT
    log=$work/log
    : >"$log"

    find_source
    jobs=$(nproc)
    say "building $version for $system with $jobs jobs, which takes some minutes; the log is $log"
    SECONDS=0
    # The children must not inherit the lock: it ends with this process, even after kill -9.
    if ! (compile && smoke) >>"$log" 2>&1 </dev/null 9>&-; then
        tail -n 30 "$log" | cut -c 1-300 >&2
        mv -f "$log" "$cache/$name.log"
        fail "the build failed; the last lines of its log are above, the whole log is in" "$cache/$name.log"
    fi
    say "built in $SECONDS s: $(tail -n 1 "$log")"
    {
        echo "OpenBLAS $version for $system"
        echo "source: $(sha256sum <"$tarball" | cut -d' ' -f1)  ${tarball##*/}"
        echo "compiler: ${compiler//$'\n'/; }"
        printf 'options:'
        printf ' %q' "${options[@]}"
        printf '\nlibrary: '
        sha256sum <"$work/out/libopenblas.a" | cut -d' ' -f1
    } >"$work/BUILD"
    mv "$work/BUILD" "$work/out/BUILD"
    chmod -R a+rX "$work/out"
    mv -T "$work/out" "$cache/$name"
    rm -f "$cache/$name.log"
    built
    exit
}

main
