"""What numpy's multiplication takes, in a process that is warm.

    dgemm.py              what numpy is, and the BLAS that it runs on
    dgemm.py N SECONDS    the median time of a product of N×N matrices, of as many as fit
"""
import ctypes
import re
import statistics
import sys
import time

import numpy as np


def blas():
    """The BLAS that is mapped into this process, in its own words (np.show_config tells of another machine's)."""
    with open('/proc/self/maps') as maps:
        libraries = sorted(set(re.findall(r'/\S*blas\S*', maps.read())))
    for library in libraries:
        for name in 'openblas_get_config', 'openblas_get_config64_', 'scipy_openblas_get_config64_':
            config = getattr(ctypes.CDLL(library), name, None)
            if config:
                config.restype = ctypes.c_char_p
                return config().decode().strip()
    return 'not OpenBLAS: ' + (' '.join(libraries) or 'none')


if len(sys.argv) == 1:
    print(np.__version__, 'on', blas())
    sys.exit()

n, seconds = int(sys.argv[1]), float(sys.argv[2])
A, B = np.random.rand(n, n), np.random.rand(n, n)
C = np.empty_like(A)
np.matmul(A, B, out=C)
end = time.perf_counter() + seconds
times = []
while len(times) < 2 or time.perf_counter() < end:
    start = time.perf_counter()
    np.matmul(A, B, out=C)
    times.append(time.perf_counter() - start)
print(statistics.median(times))
