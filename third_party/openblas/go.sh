#!/usr/bin/env bash
# Runs go with the settings that link the pinned OpenBLAS. Builds the library first if necessary.
#
#     third_party/openblas/go.sh linux|windows ARGUMENT...
#     third_party/openblas/go.sh linux test -tags openblas ./blas
#
# The library has only double precision, but gonum's netlib refers to the whole BLAS. Therefore each
# function is compiled into its own section, and the linker drops the functions that nobody calls before it
# looks for the missing ones. Windows' unwind tables would keep all functions alive; the Go runtime does
# not need them.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
library=$("$here/build.sh" "${1-}" | tail -n 1)
case $1 in
linux) cc=gcc libraries='-lm -lpthread' ;;
windows) cc=x86_64-w64-mingw32-gcc libraries='' ;;
esac
export CGO_ENABLED=1 GOOS="$1" GOARCH=amd64 CC="$cc"
export CGO_CFLAGS='-O2 -ffunction-sections -fno-asynchronous-unwind-tables'
export CGO_LDFLAGS="'-L$library' -lopenblas $libraries -Wl,--gc-sections"
exec go "${@:2}"
