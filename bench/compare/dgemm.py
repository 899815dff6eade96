"""Multiply inputA0.npy by inputB0.npy again and again, and print the median time of a product, once
for each line of input, which says for how many seconds. What numpy is, and the product's norm, come first."""
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


print(np.__version__, 'on', blas())

A = np.load('inputA0.npy')
B = np.load('inputB0.npy')
C = np.empty_like(A)
np.matmul(A, B, out=C)
print(np.linalg.norm(C), flush=True)

for line in sys.stdin:
    end = time.perf_counter() + float(line)
    times = []
    while not times or time.perf_counter() < end:
        start = time.perf_counter()
        np.matmul(A, B, out=C)
        times.append(time.perf_counter() - start)
    print(statistics.median(times), flush=True)
