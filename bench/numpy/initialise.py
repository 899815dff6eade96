"""Write the random inputs of each job: python3 initialise.py [jobs [size [seed]]]"""
import sys

import numpy as np

jobs = int(sys.argv[1]) if len(sys.argv) > 1 else 100
size = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
if len(sys.argv) > 3:
    np.random.seed(int(sys.argv[3]))

for i in range(jobs):
    A = np.random.rand(size, size)
    B = np.random.rand(size, size)
    np.save(f'inputA{i}.npy', A)
    np.save(f'inputB{i}.npy', B)
