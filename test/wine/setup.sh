#!/bin/sh
# Makes a small Wine that runs our Windows programs, once for each user and machine, and prints its
# folder: setup.sh says what it does on stderr, and the folder is the last line of stdout.
#
# It is Debian's Wine 10, unpacked from its packages, of which it keeps what a program without windows
# needs: 120 MB. (Debian 12's Wine 8 lacks bcryptprimitives.dll, which every Go program loads.) Nothing
# is installed, so nobody has to be root; but to run it, root or an ordinary user who may make
# namespaces is wanted. Exit status 77 says that it cannot be had on this machine, and stderr why.
#
# Note: debootstrap, with apt-get install wine64 in what it makes, gives the same in 1.5 GB and two
# minutes, as root.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

cache=${XDG_CACHE_HOME:-$HOME/.cache}/matpool/wine
# Made again when the recipe changes.
root=$cache/$(cat "$here/setup.sh" "$here/session.sh" | sha256sum | cut -c 1-16)

suite=trixie
packages='libwine wine64 libz-mingw-w64 libc6 libgcc-s1 libunwind8 liblzma5 libc-bin'
unix=usr/lib/x86_64-linux-gnu
windows=$unix/wine/x86_64-windows
# What Go and C programs on a console load, what starts them, and what sets up a prefix.
modules='
    advapi32.dll apisetschema.dll bcrypt.dll bcryptprimitives.dll cfgmgr32.dll combase.dll coml2.dll
    gdi32.dll imm32.dll iphlpapi.dll kernel32.dll kernelbase.dll msvcrt.dll netapi32.dll nsi.dll
    ntdll.dll ole32.dll oleaut32.dll powrprof.dll profapi.dll rpcrt4.dll sechost.dll setupapi.dll
    shcore.dll shell32.dll shlwapi.dll ucrtbase.dll user32.dll userenv.dll version.dll win32u.dll
    winmm.dll ws2_32.dll
    cmd.exe conhost.exe explorer.exe regsvr32.exe rundll32.exe services.exe start.exe svchost.exe
    wineboot.exe winedevice.exe
    mountmgr.sys ntoskrnl.exe'

say() { printf 'wine/setup.sh: %s\n' "$1" >&2; }
fail() { say "$1"; exit 1; }
unavailable() { say "the Windows programs cannot be run here: $1"; exit 77; }

# mirror prints the address of the Debian mirror that this machine's own apt uses.
mirror() {
    if [ -n "${MATPOOL_DEBIAN_MIRROR-}" ]; then
        echo "$MATPOOL_DEBIAN_MIRROR"
        return
    fi
    # shellcheck disable=SC1091 # is on the machine
    [ "$(. /etc/os-release; echo "$ID")" = debian ] || return 0
    # shellcheck disable=SC1091,SC2016 # the format is apt's
    apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' |
        awk -v release="$(. /etc/os-release; echo "$VERSION_CODENAME")" '$1 == release && $2 == "main" { print $3; exit }'
}

check() {
    [ "$(uname -sm)" = "Linux x86_64" ] || unavailable "this is $(uname -sm); Linux x86_64 is wanted"
    for tool in apt-get dpkg-deb unshare setpriv flock; do
        command -v $tool >/dev/null || unavailable "there is no $tool"
    done
    "$here/session.sh" --check || unavailable "this user may not make namespaces (unshare --mount --pid)"
    keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    [ -e $keyring ] || unavailable "there is no $keyring, to check Debian's packages with; install debian-archive-keyring"
    mirror=$(mirror)
    [ -n "$mirror" ] || unavailable "apt's sources name no Debian mirror; MATPOOL_DEBIAN_MIRROR may name one"
}

# download fetches the packages into temp/debs, by an apt that keeps all it writes in temp.
download() {
    mkdir -p "$temp/apt/lists/partial" "$temp/debs"
    : >"$temp/apt/status"
    echo "deb [arch=amd64 target=Packages signed-by=$keyring] $mirror $suite main" >"$temp/apt/sources"
    cat >"$temp/apt/config" <<EOF
Dir::State::Lists "$temp/apt/lists";
Dir::State::Status "$temp/apt/status";
Dir::Etc::SourceList "$temp/apt/sources";
Dir::Etc::SourceParts "/dev/null";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
APT::Architecture "amd64";
APT::Sandbox::User "root";
EOF
    export APT_CONFIG="$temp/apt/config"
    apt-get update --error-on=any
    # shellcheck disable=SC2086 # several words
    (cd "$temp/debs" && apt-get download $packages)
    unset APT_CONFIG
}

unpack() {
    new=$temp/root
    mkdir -p "$new"
    for module in $modules; do echo "./$windows/$module"; done >"$temp/modules"
    for deb in "$temp"/debs/*.deb; do
        case $deb in
        */libwine_*) set -- --files-from "$temp/modules" "./$unix/wine/x86_64-unix" ./usr/share/wine/nls ./usr/share/wine/wine.inf ;;
        */wine64_*) set -- ./usr/lib/wine ;;
        */libz-mingw-*) set -- ./usr/x86_64-w64-mingw32/lib/zlib1.dll ;;
        */libc-bin_*) set -- ./usr/lib/locale/C.utf8 ;;
        */libc6_*) set -- --wildcards "./$unix/*.so*" ./usr/lib64 ;;
        *) set -- --wildcards "./$unix/*.so*" ;;
        esac
        dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$new" "$@"
    done
    # As libwine's postinst does it: Wine loads only what is marked as its own.
    zlib=$new/usr/x86_64-w64-mingw32/lib/zlib1.dll
    { head -c 64 "$zlib"; printf 'Wine builtin DLL\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'; tail -c +97 "$zlib"; } >"$new/$windows/zlib1.dll"
    mkdir -p "$new/usr/local" "$new/session"
}

# make_prefix lets Wine write its registry and its C: drive, and shares the modules that it copied there.
make_prefix() {
    # shellcheck disable=SC2016 # for the inner shell
    "$here/session.sh" --of "$new" sh -c '
        env -i WINEPREFIX=/wine/prefix unshare --root="$MATPOOL_WINE" --wd=/ /usr/lib/wine/wineserver64 --kill
        cp -a "$MATPOOL_WINE/wine/prefix" "$1"' sh "$temp/prefix"
    [ -e "$temp/prefix/system.reg" ] || fail "Wine has not made its registry"
    for file in "$temp"/prefix/drive_c/windows/system32/*; do
        module=/$windows/${file##*/}
        if [ -f "$new$module" ] && cmp -s "$file" "$new$module"; then ln -sf "$module" "$file"; fi
    done
    # No services: none is needed, and each costs a tenth of a second at a session's beginning.
    awk '/^\[/ { service = /^\[System\\\\CurrentControlSet\\\\Services\\\\[^\\]*\]/ }
        service && /^"Start"=dword:/ { $0 = "\"Start\"=dword:00000004" } { print }' \
        "$temp/prefix/system.reg" >"$temp/system.reg"
    cat "$temp/system.reg" >"$temp/prefix/system.reg"
    mv "$temp/prefix" "$new/prefix"
}

make_root() {
    temp=$(mktemp -d "$cache/tmp.XXXXXX")
    download
    unpack
    make_prefix
    mv "$new" "$root"
}

# cleanup is what is done at the end, whatever that is.
cleanup() {
    status=$?
    [ -z "${temp-}" ] || rm -rf "$temp"
    if [ $status -ne 0 ]; then
        tail -n 20 "$cache/log" >&4
        say "this failed; the last lines of $cache/log are above" 2>&4
    fi
}

if [ ! -e "$root" ]; then
    check
    mkdir -p "$cache"
    exec 3>&1 4>&2 9>"$cache/lock"
    flock 9 # another one may be at it
    if [ ! -e "$root" ]; then
        say "making Wine in $root"
        trap cleanup EXIT
        trap 'exit 1' HUP INT TERM
        rm -rf "$cache"/tmp.* # of one that was killed
        exec >"$cache/log" 2>&1
        make_root </dev/null
        exec >&3 2>&4
    fi
    exec 9>&-
fi
echo "$root"
