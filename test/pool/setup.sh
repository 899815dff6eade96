#!/bin/sh
# Makes the files of a small HTCondor pool, once for each user and machine. The last line of stdout is
# their folder; progress goes to stderr.
#
# The folder contains Debian's HTCondor (23.9, or that of the Debian release that MATPOOL_POOL_RELEASE names:
# forky has 25), unpacked from its packages together with all packages they depend on, numpy on OpenBLAS, and
# the Wine of test/wine. Nothing is installed, and an HTCondor on this machine is not touched. The pool runs
# without root, but needs namespaces. Exit status 77 means that it is not available on this machine; stderr
# says why.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
name=pool cannot="an HTCondor pool cannot be run here"
# shellcheck source=test/debian.sh
. "$here/../debian.sh"

wine=$("$here/../wine/setup.sh") || {
    status=$?
    [ $status -ne 77 ] || unavailable "Wine, for one of its machines, is not available"
    exit $status
}
suite=${MATPOOL_POOL_RELEASE:-$suite}
# Made again when the recipe, or Wine's, changes.
root=${XDG_CACHE_HOME:-$HOME/.cache}/matpool/pool/$suite-$({ echo "$wine"; cat "$here/setup.sh" "$here/../debian.sh"; } | sha256sum | cut -c 1-16)

make_root() {
    download install --yes --download-only --no-install-recommends \
        '?essential' condor procps python3-numpy libopenblas0-pthread
    new=$temp/root
    mkdir "$new"
    for deb in "$temp"/debs/*.deb; do
        dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$new" --exclude './usr/share/doc/*' --exclude './usr/share/locale/*' --exclude './usr/share/man/*'
    done
    # What the packages' scripts would choose.
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
