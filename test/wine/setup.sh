#!/bin/sh
# Makes a small Wine that runs our Windows programs, once for each user and machine. The last line of
# stdout is its folder; progress goes to stderr.
#
# It is Debian's Wine 10, unpacked from its packages, reduced to the 120 MB that a program without windows
# needs. (Debian 12's Wine 8 lacks bcryptprimitives.dll, which every Go program loads.) Nothing is
# installed, so root is not needed, but the user must be allowed to create namespaces. Exit status 77 means
# that it is not available on this machine; stderr says why.
#
# Note: debootstrap, and apt-get install wine64 in its result, give the same in 1.5 GB and two minutes, as
# root.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

name=wine cannot="the Windows programs cannot be run here"
# shellcheck source=test/debian.sh
. "$here/../debian.sh"

# Made again when the recipe changes.
root=${XDG_CACHE_HOME:-$HOME/.cache}/matpool/wine/$(cat "$here/setup.sh" "$here/session.sh" "$here/../debian.sh" "$here/../namespaces.sh" | sha256sum | cut -c 1-16)

packages='libwine wine64 libz-mingw-w64 libc6 libgcc-s1 libunwind8 liblzma5 libc-bin'
unix=usr/lib/x86_64-linux-gnu
windows=$unix/wine/x86_64-windows
# The modules that console programs in Go and C load, that start them, and that set up a prefix.
modules='
    advapi32.dll apisetschema.dll bcrypt.dll bcryptprimitives.dll cfgmgr32.dll combase.dll coml2.dll
    gdi32.dll imm32.dll iphlpapi.dll kernel32.dll kernelbase.dll msvcrt.dll netapi32.dll nsi.dll
    ntdll.dll ole32.dll oleaut32.dll powrprof.dll profapi.dll rpcrt4.dll sechost.dll setupapi.dll
    shcore.dll shell32.dll shlwapi.dll ucrtbase.dll user32.dll userenv.dll version.dll win32u.dll
    winmm.dll ws2_32.dll
    cmd.exe conhost.exe explorer.exe regsvr32.exe rundll32.exe services.exe start.exe svchost.exe
    wineboot.exe winedevice.exe
    mountmgr.sys ntoskrnl.exe'

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
    # As in libwine's postinst: Wine loads only libraries that are marked as its own.
    zlib=$new/usr/x86_64-w64-mingw32/lib/zlib1.dll
    { head -c 64 "$zlib"; printf 'Wine builtin DLL\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'; tail -c +97 "$zlib"; } >"$new/$windows/zlib1.dll"
    mkdir -p "$new/usr/local" "$new/session"
    ln -s usr/lib usr/lib64 "$new"
}

# make_prefix lets Wine write its registry and its C: drive, and replaces the modules that it copied there
# by links.
make_prefix() {
    # shellcheck disable=SC2016 # for the inner shell
    "$here/session.sh" --of "$new" sh -c '
        env -i WINEPREFIX=/wine/prefix unshare --root="$MATPOOL_WINE" --wd=/ /usr/lib/wine/wineserver64 --kill
        cp -a "$MATPOOL_WINE/wine/prefix" "$1"' sh "$temp/prefix"
    [ -e "$temp/prefix/system.reg" ] || fail "Wine did not create its registry"
    for file in "$temp"/prefix/drive_c/windows/system32/*; do
        module=/$windows/${file##*/}
        if [ -f "$new$module" ] && cmp -s "$file" "$new$module"; then ln -sf "$module" "$file"; fi
    done
    # No services: none is needed, and each delays a session's start by a tenth of a second.
    awk '/^\[/ { service = /^\[System\\\\CurrentControlSet\\\\Services\\\\[^\\]*\]/ }
        service && /^"Start"=dword:/ { $0 = "\"Start\"=dword:00000004" } { print }' \
        "$temp/prefix/system.reg" >"$temp/system.reg"
    cat "$temp/system.reg" >"$temp/prefix/system.reg"
    mv "$temp/prefix" "$new/prefix"
}

make_root() {
    # shellcheck disable=SC2086 # several words
    download download $packages
    unpack
    make_prefix
    mv "$new" "$root"
}

once make_root
echo "$root"
