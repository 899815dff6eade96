"""Multiply the inputs of one job: python3 product.py"""
import numpy as np

A = np.load('inputA.npy')
B = np.load('inputB.npy')
C = np.matmul(A, B)
np.save('output.npy', C)
