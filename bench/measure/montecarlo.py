"""Sum products of random matrices and print the norm: python3 montecarlo.py PRODUCTS SIZE SEED"""
import sys

import numpy as np

products, size, seed = map(int, sys.argv[1:])

C = 0
for i in range(products):
    rng = np.random.default_rng([seed, i])
    A = rng.random((size, size))
    B = rng.random((size, size))
    C += np.matmul(A, B)
print(np.linalg.norm(C))
