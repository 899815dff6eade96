"""Compute one large product and print its norm: python3 large.py A.npy B.npy, or large.py X.npy for XᵀX"""
import sys

import numpy as np

factors = [np.load(name) for name in sys.argv[1:]]
if len(factors) == 1:
    C = factors[0].T @ factors[0]
else:
    C = factors[0] @ factors[1]
print(np.linalg.norm(C))
