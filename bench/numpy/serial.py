"""Do the whole flow on one machine and print the norm of the sum: python3 serial.py [jobs]"""
import sys

import numpy as np

jobs = int(sys.argv[1]) if len(sys.argv) > 1 else 100

C = 0
for i in range(jobs):
    A = np.load(f'inputA{i}.npy')
    B = np.load(f'inputB{i}.npy')
    C += np.matmul(A, B)
print(np.linalg.norm(C))
