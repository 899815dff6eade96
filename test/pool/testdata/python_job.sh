#!/bin/sh
# A job as Liverpool's python_submit runs it, here for Linux: the number is removed from the names of the
# inputs, the script runs, and the number is added to the name of its output.
set -e
mv "inputA$1.npy" inputA.npy
mv "inputB$1.npy" inputB.npy
/usr/bin/python3 product.py
mv output.npy "output$1.npy"
