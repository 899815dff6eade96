# What is built: the checksum of the source, and every option. build.sh reads this file.
# shellcheck shell=bash disable=SC2034

version=0.3.29

# Two archives of the same source. Debian's lacks lapack-netlib/ and relapack/, which we do not use.
debian_file=openblas_0.3.29+ds.orig.tar.xz
debian_sha256=eb691e2cff83799400da22aa6ab93ebaa346ad317fea578b7ae119e226ce1b01
debian_pool=pool/main/o/openblas

release_file=OpenBLAS-0.3.29.tar.gz
release_sha256=38240eee1b29e2bde47ebb5d61160207dc68668a54cac62c076bb5032013b1eb
release_url=https://github.com/OpenMathLib/OpenBLAS/releases/download/v0.3.29

# README.md gives the reason for each option.
options=(
    BINARY=64
    TARGET=PRESCOTT
    DYNAMIC_ARCH=1
    "DYNAMIC_LIST=HASWELL SKYLAKEX"
    USE_THREAD=0
    USE_LOCKING=1
    USE_OPENMP=0
    NUM_THREADS=256
    BUFFERSIZE=20
    SMALL_MATRIX_OPT=0
    BUILD_DOUBLE=1
    USE_SIMPLE_THREADED_LEVEL3=1
    ONLY_CBLAS=1
    NO_LAPACK=1
    NOFORTRAN=1
    NO_SHARED=1
    NO_AFFINITY=1
    NO_EXPRECISION=1
)

# Kernels that must be in the library; with a compiler that is too old they are silently left out.
kernels=(PRESCOTT HASWELL SKYLAKEX)
