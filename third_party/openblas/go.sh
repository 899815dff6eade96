#!/usr/bin/env bash
# Runs go with what it needs to link the pinned OpenBLAS, which is built where that has not been done.
#
#     third_party/openblas/go.sh linux|windows ARGUMENT...
#     third_party/openblas/go.sh linux test -tags openblas ./blas
#
# The library has double precision only, and gonum's netlib refers to all of the BLAS: so each function
# is compiled into a section of its own, and what nobody calls is left out by the linker before it asks
# where the rest is. Windows' tables for unwinding would keep all functions alive; for the Go runtime
# they are not needed.
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
