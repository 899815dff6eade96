#!/usr/bin/python3
"""Count the largest eigenvalues of random symmetric matrices: eigenvalues.py INDEX MATRICES"""
import sys

import numpy as np

index, matrices = map(int, sys.argv[1:])
rng = np.random.default_rng([42, index])
A = rng.standard_normal((matrices, 50, 50))
largest = np.linalg.eigvalsh(A + A.transpose(0, 2, 1))[:, -1]
counts, _ = np.histogram(largest, bins=100, range=(0, 40))
np.save(f'histogram{index}.npy', counts)
