#!/usr/bin/env bash
# release.sh FOLDER
#
# tests make's products: two releases, from copies of this project and of OpenBLAS in two places, have the
# same bytes, and the demo prints the same norms with OpenBLAS as with Go. The programs are left in FOLDER/linux,
# FOLDER/linux_arm64 and FOLDER/windows, for more tests.
set -euo pipefail
folder=$(realpath -m "$1")
cd "$(dirname "$0")/.."
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
version=v0.0.0-test

GOCACHE=$(go env GOCACHE)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export GOCACHE SOURCE_DATE_EPOCH
cache=$(realpath "${XDG_CACHE_HOME:-$HOME/.cache}/matpool")

one=$temp/one another="$temp/another one"
for copy in "$one" "$another"; do
    mkdir -p "$copy/.cache"
    ln -s "$cache" "$copy/.cache/matpool"
    git ls-files -z | xargs -0 cp --parents --target-directory="$copy"
    XDG_CACHE_HOME=$copy/.cache make --directory="$copy" --no-print-directory release VERSION=$version
done
(cd "$one/dist" && sha256sum --check --strict SHA256SUMS)
diff "$one/dist/SHA256SUMS" "$another/dist/SHA256SUMS"

for system in linux_amd64 linux_arm64 windows_amd64; do
    name=matpool_${version}_$system
    case $system in
    linux_*) tar -xzf "$one/dist/$name.tar.gz" -C "$temp" ;;
    windows_*) /usr/bin/python3 -m zipfile -e "$one/dist/$name.zip" "$temp" ;;
    esac
    mv "$temp/$name" "$temp/${system%_amd64}"
    mkdir -p "$folder" "$temp/programs/${system%_amd64}"
    cp "$temp/${system%_amd64}"/mat* "$temp/programs/${system%_amd64}"
    test/replace.sh "$temp/programs/${system%_amd64}" "$folder/${system%_amd64}"
done
# The documents; and the licences, or where the source is, of everything linked in that is not ours.
for file in {linux,linux_arm64,windows}/{README.md,LICENSE,docs/tutorial.md,examples/run_product,examples/finished/log.txt} \
    linux_arm64/licenses/go/LICENSE linux/licenses/{go/LICENSE,OpenBLAS/LICENSE,glibc/LGPL-2.1,glibc/SOURCE,libgcc/GPL-3} \
    windows/licenses/{go/LICENSE,OpenBLAS/LICENSE,mingw-w64/copyright,libgcc/GPL-3}; do
    [ -s "$temp/$file" ] || { echo "the release lacks $file" >&2; exit 1; }
done
[ ! -e "$temp/linux_arm64/licenses/OpenBLAS" ] || { echo "the release for arm64 has OpenBLAS's licence, and no OpenBLAS" >&2; exit 1; }

# norms BLAS prints the lines of the demo with a norm.
norms() {
    make --directory="$one" --no-print-directory demo BLAS="$1" JOBS=3 SIZE=333 VERSION=$version >"$temp/demo"
    grep -i norm "$temp/demo"
}
make --directory="$one" --no-print-directory build VERSION=$version
for program in "$one"/bin/*; do
    cmp "$program" "$folder/linux/${program##*/}"
done
go=$(norms go)
openblas=$(norms openblas)
[ "$go" = "$openblas" ] || { printf 'the demo prints different norms with Go and with OpenBLAS:\n%s\n%s\n' "$go" "$openblas" >&2; exit 1; }
echo "$go"
