/*
 * The system headers that every file of OpenBLAS includes on Windows. With the compiler's
 * intrinsics they are 3 MB and take nine tenths of the compilation time. build.sh compiles them
 * once for each set of target flags.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <time.h>
#include <windows.h>
#include <math.h>
#include <intrin.h>
