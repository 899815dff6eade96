#!/bin/sh
# test.sh [FOLDER]
#
# runs the tests of this folder with numpy 2, as go test ./test/numpy does with this machine's numpy: with the
# Python of the Debian that test/pool is made of. Left out is what needs zip, bunzip2, unxz, scipy, h5py or the modules of other databases, which are not there. The programs are those in
# FOLDER, or what go build makes. Exit status 77 means that this Debian is not available on this machine; stderr
# says why. GOFLAGS='-run=Matmuls -v' runs some of the tests.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=test/namespaces.sh
. "$here/../namespaces.sh"

case ${1-} in
--session)
    shift
    enter "$here/test.sh" --inside "$PWD" "$@"
    exit
    ;;
--inside)
    folder=$2 root=$3 session=$3/session
    shift 3
    make_root /etc
    exec chroot "$session" env -C "$folder" "$@"
    ;;
esac
folder=${1-}
[ -z "$folder" ] || folder=$(realpath "$folder")

cd "$here/../.."
root=$(test/pool/setup.sh) || {
    status=$?
    [ $status -ne 77 ] || echo "numpy/test.sh: the tests with numpy 2 need the Debian of test/pool" >&2
    exit $status
}
export CGO_ENABLED=0
if [ -z "$folder" ]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    trap 'exit 1' HUP INT TERM
    GOFLAGS='' go build -o "$folder" ./cmd/matinit ./cmd/matprod ./cmd/matcombine
fi
test/replace.sh "$folder" build/numpy
# In the session, not by -exec: Go's cache keeps no results of tests that another program starts.
MATPOOL_BIN=$PWD/build/numpy MATPOOL_NUMPY=$root "$here/test.sh" --session "$root" \
    go test -timeout 40m -skip '^(TestArchivesOfZip|TestDocument)$|^TestHintsForOtherFiles$/[.](bz2|xz|mat|h5|db)|^TestHintsForOtherFiles$/shelf/gnu' ./test/numpy
