#!/bin/sh
# Makes what a small HTCondor pool needs, once for each user and machine, and prints its folder: setup.sh
# says what it does on stderr, and the folder is the last line of stdout.
#
# It is Debian's HTCondor 23.9, unpacked from its packages together with all they depend on, numpy on
# OpenBLAS, and the Wine of test/wine. Nothing is installed, and no HTCondor that may be on the machine
# is touched. Root is not needed; to run it, namespaces are wanted. Exit status 77 says that it cannot be
# had on this machine, and stderr why.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
name=pool cannot="an HTCondor pool cannot be run here"
# shellcheck source=test/debian.sh
. "$here/../debian.sh"

wine=$("$here/../wine/setup.sh") || {
    status=$?
    [ $status -ne 77 ] || unavailable "there is no Wine for one of its machines"
    exit $status
}
# Made again when the recipe changes, Wine's among it.
root=${XDG_CACHE_HOME:-$HOME/.cache}/matpool/pool/$({ echo "$wine"; cat "$here/setup.sh" "$here/../debian.sh"; } | sha256sum | cut -c 1-16)

make_root() {
    download install --yes --download-only --no-install-recommends \
        '?essential' condor procps python3-numpy libopenblas0-pthread
    new=$temp/root
    mkdir "$new"
    for deb in "$temp"/debs/*.deb; do
        dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$new" --exclude './usr/share/doc/*' --exclude './usr/share/locale/*' --exclude './usr/share/man/*'
    done
    # As the packages' scripts would choose.
    blas=$new/usr/lib/x86_64-linux-gnu
    ln -s openblas-pthread/libblas.so.3 openblas-pthread/liblapack.so.3 openblas-pthread/libopenblas.so.0 "$blas"
    ln -s mawk "$new/usr/bin/awk"

    cp -an "$wine/usr/." "$new/usr"
    cp -a "$wine/prefix" "$new/prefix"
    mkdir -p "$new/usr/local" "$new/session"
    "$here/session.sh" --of "$new" /usr/bin/python3 -c 'import numpy'
    mv "$new" "$root"
}

once make_root
echo "$root"
