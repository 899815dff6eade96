#!/bin/sh
# What Liverpool's python_submit makes of a job, for Linux: the files lose their number, the script
# runs, its output gets the number.
set -e
mv "inputA$1.npy" inputA.npy
mv "inputB$1.npy" inputB.npy
/usr/bin/python3 product.py
mv output.npy "output$1.npy"
