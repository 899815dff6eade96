/* Multiplies two matrices with the library that was just built, and prints the library's configuration. */
#include <stdio.h>

#include "cblas.h"

int main(void)
{
    const double a[] = {1, 2, 3, 4};
    const double b[] = {5, 6, 7, 8};
    const double want[] = {19 + 1, 22 + 1, 43 + 1, 50 + 1};
    double c[] = {1, 1, 1, 1};

    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 2, 2, 2, 1, a, 2, b, 2, 1, c, 2);
    for (int i = 0; i < 4; i++) {
        if (c[i] != want[i]) {
            printf("smoke test: c[%d] = %g, want %g (%s)\n", i, c[i], want[i], openblas_get_config());
            return 1;
        }
    }
    puts(openblas_get_config());
    return 0;
}
