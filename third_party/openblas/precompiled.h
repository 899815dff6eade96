/*
 * The system headers that every file of OpenBLAS reads on Windows. With the compiler's own
 * intrinsics they are 3 MB, nine tenths of the time of a compilation; build.sh compiles them once
 * for each set of target flags.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <time.h>
#include <windows.h>
#include <math.h>
#include <intrin.h>
