"""Add the outputs of the jobs and print the norm of the sum: python3 combine.py [jobs]"""
import sys

import numpy as np

jobs = int(sys.argv[1]) if len(sys.argv) > 1 else 100

C = 0
for i in range(jobs):
    C += np.load(f'output{i}.npy')
print(np.linalg.norm(C))
