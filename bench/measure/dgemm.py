"""Measure numpy's product in a warm process.

    dgemm.py              print the versions of numpy and of the OpenBLAS that it runs on
    dgemm.py N THREADS [TYPE]
                          print the median time of N×N products (of float64s), in Go's benchmark format
"""
import ctypes
import re
import statistics
import sys
import time

import numpy as np


def blas():
    """Return the description of the BLAS in this process. (np.show_config describes the one that numpy was built with.)"""
    with open('/proc/self/maps') as maps:
        libraries = sorted(set(re.findall(r'/\S*blas\S*', maps.read())))
    for library in libraries:
        for name in 'openblas_get_config', 'openblas_get_config64_', 'scipy_openblas_get_config64_':
            config = getattr(ctypes.CDLL(library), name, None)
            if config:
                config.restype = ctypes.c_char_p
                return config().decode().strip()
    sys.exit('numpy cannot be the baseline: its BLAS is not OpenBLAS but ' + (' '.join(libraries) or 'its own') + ': run test/setup.sh')


if len(sys.argv) == 1:
    print(np.__version__, 'on', blas())
    sys.exit()

n, threads = int(sys.argv[1]), int(sys.argv[2])  # the number of threads comes from the environment
dtype = sys.argv[3] if len(sys.argv) > 3 else 'float64'
A, B = (np.random.uniform(-100, 100, (n, n)).astype(dtype) for _ in range(2))
C = np.empty_like(A)
np.matmul(A, B, out=C)
times = []
end = time.perf_counter() + 0.3
while len(times) < 2 or time.perf_counter() < end:
    start = time.perf_counter()
    np.matmul(A, B, out=C)
    times.append(time.perf_counter() - start)
of = '' if dtype == 'float64' else f'/type={dtype}'
print(f'BenchmarkWarm{of}/n={n}/threads={threads} {len(times)} {1e9 * statistics.median(times):.0f} ns/op')
