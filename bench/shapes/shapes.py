"""The kinds of numpy's lines that are compared with the programs, one by one.

    shapes.py list               print a line for each: its form, how often a process does it, the files, its name
    shapes.py make NAME          write its files, numbered from 0, into the current folder
    shapes.py run NAME           do it as numpy does

A product reads inputA<i>.npy and inputB<i>.npy, or both arrays from pair<i>.npz; a Gram matrix reads inputX<i>, a sum adds
output<i>. The work is repeated so that Python's start, which is subtracted, is short beside it.
"""
import os
import sys

import numpy as np

rng = np.random.default_rng(2026)


def values(dtype, *shape):
    """Return an array of small numbers, which are integers if the type is."""
    dtype = np.dtype(dtype)
    if dtype == bool:
        return rng.integers(0, 50, shape) == 0
    if dtype.kind in 'iu':
        return rng.integers(0, 100, shape).astype(dtype)
    x = rng.random(shape)
    if dtype.kind == 'c':
        x = x + 1j * rng.random(shape)
    return x.astype(dtype)


def pair(dtype, a, b):
    return lambda: (values(dtype, *a), values(dtype, *b))


def square(dtype, n):
    return pair(dtype, (n, n), (n, n))


def vector(dtype, n=4000):
    return pair(dtype, (n, n), (n,))


def fortran(dtype, n=4000):
    return lambda: (np.asfortranarray(values(dtype, n, n)), values(dtype, n))


def huge():
    x = np.full((1000, 1000), 1e308)
    return x * rng.choice([-1, 1], x.shape)


def some_nan():
    x = values('f8', 1000, 1000)
    x[rng.random(x.shape) < 0.01] = np.nan
    return x


MAPPED, READ, COMPRESSED = 'mapped', 'read', 'compressed'
BOTH = MAPPED, READ

# name, form, how often, the files, what is made; or the arguments of matinit
KINDS = [
    ('start', 'product', 1, BOTH, square('f8', 1)),
    ('dot-of-3/stack=1000000/type=float64', 'product', 10, BOTH, pair('f8', (10**6, 1, 3), (10**6, 3, 1))),
    *[(f'n=3/stack=100000/type={np.dtype(t)}', 'product', 20, BOTH, pair(t, (10**5, 3, 3), (10**5, 3, 3))) for t in ('f8', 'f4', 'i8', 'c16')],
    *[(f'n={n}/stack=10000/type=float64', 'product', 20, BOTH, pair('f8', (10**4, n, n), (10**4, n, n))) for n in (10, 16)],
    *[(f'dot/k=10000000/type={np.dtype(t)}', 'product', 3, BOTH, pair(t, (10**7,), (10**7,))) for t in ('f8', 'f4', 'c8', 'c16')],
    ('row-by-column/k=1000000/type=float64', 'product', 20, BOTH, pair('f8', (1, 10**6), (10**6, 1))),
    ('gram/k=1000000/cols=4/type=float64', 'gram', 10, BOTH, lambda: (values('f8', 10**6, 4),)),
    ('gram/k=100000/cols=50/type=float32', 'gram', 10, BOTH, lambda: (values('f4', 10**5, 50),)),
    ('thin/rows=4/k=1000000/cols=4/type=float64', 'product', 10, BOTH, pair('f8', (4, 10**6), (10**6, 4))),
    *[(f'thin/rows=1000000/k=3/cols=3/type={np.dtype(t)}', 'product', 10, BOTH, pair(t, (10**6, 3), (3, 3))) for t in ('f8', 'i1')],
    ('thin/rows=1000000/k=10/cols=10/type=float32', 'product', 10, BOTH, pair('f4', (10**6, 10), (10, 10))),
    *[(f'vector/n=4000/type={np.dtype(t)}', 'product', 6, BOTH, vector(t)) for t in ('f8', 'f4', 'c8', 'c16', '?', 'i1', 'i4', 'i8')],
    *[(f'vector/n=4000/order=F/type={np.dtype(t)}', 'product', 6, BOTH, fortran(t)) for t in ('f8', 'f4', 'c16')],
    *[(f'square/n={n}/type=float64', 'product', times, BOTH, square('f8', n)) for n, times in ((257, 100), (513, 30), (1000, 6), (1025, 6))],
    *[(f'square/n=1000/type={np.dtype(t)}', 'product', 6, BOTH, square(t, 1000)) for t in ('f4', 'c8', 'c16')],
    ('square/n=257/type=complex128', 'product', 50, BOTH, square('c16', 257)),
    ('square/n=600/type=complex128-float64', 'product', 10, BOTH, lambda: (values('c16', 600, 600), values('f8', 600, 600))),
    ('square/n=1000/type=float64-big-endian', 'product', 6, BOTH, square('>f8', 1000)),
    ('square/n=300/type=bool', 'product', 20, BOTH, square('?', 300)),
    ('square/n=300/type=int64', 'product', 10, BOTH, square('i8', 300)),
    ('square/n=1000/type=float64', 'product', 2, (COMPRESSED,), square('f8', 1000)),
    ('one-factor-for-all/n=300/stack=50/type=float64', 'product', 2, (COMPRESSED,), pair('f8', (50, 300, 300), (300, 300))),
    ('stack-for-each-of-another/n=100/stack=20x20/type=float64', 'product', 2, (COMPRESSED,),
     pair('f8', (20, 1, 100, 100), (20, 100, 100))),
    ('sum/n=1000', 'sum', 50, (MAPPED,), lambda: (values('f8', 1000, 1000),)),
    ('sum/n=1000/values=NaN', 'sum', 50, (MAPPED,), lambda: (some_nan(),)),
    ('sum/n=1000/values=beyond-1.8e308', 'sum', 50, (MAPPED,), lambda: (huge(),)),
    ('sum/n=1000', 'sum', 10, (COMPRESSED,), lambda: (values('f8', 1000, 1000),)),
    *[(f'draw/n=1000/type={t}', 'draw', 10, (MAPPED,), arguments) for t, arguments in (
        ('int16', 'integers:0:1000'), ('bool', 'integers:0:2'), ('int8', 'integers:0:100'), ('int32', 'integers:0:1000'),
        ('int64', 'integers:0:1000'), ('float32', 'uniform'), ('float64', 'uniform'))],
]


def name(files, i, letter):
    """Return the name of a file's array number i."""
    return f'input{letter}{i}.npy' if files == MAPPED else f'pair{i}.npz'


def make(form, times, files, arrays):
    """Write the files: one, which has many names."""
    letters = {'product': 'AB', 'gram': 'X', 'sum': 'C'}[form]
    if files == MAPPED:
        for letter, x in zip(letters, arrays):
            np.save('input' + letter + '.npy', x)
    else:
        save = np.savez if files == READ else np.savez_compressed
        save('pair.npz', **({'arr_0': arrays[0]} if form == 'sum' else dict(zip(letters, arrays))))
    for i in range(times):
        for letter in letters:
            link = name(files, i, letter)
            if not os.path.lexists(link):
                os.symlink(link.replace(str(i), '', 1), link)


def load(files, i, letter):
    x = np.load(name(files, i, letter))
    return x if files == MAPPED else x['arr_0' if letter == 'C' else letter]


def run(form, times, files, what):
    total = 0
    for i in range(times):
        if form == 'product' and files != MAPPED:
            with np.load(f'pair{i}.npz') as x:
                np.save(f'output{i}.npy', np.matmul(x['A'], x['B']))
        elif form == 'product':
            np.save(f'output{i}.npy', np.matmul(load(files, i, 'A'), load(files, i, 'B')))
        elif form == 'gram':
            X = load(files, i, 'X')
            np.save(f'output{i}.npy', X.T @ X)
        elif form == 'sum':
            total = total + load(files, i, 'C')
    if form == 'sum':
        print(np.linalg.norm(total))


def draw(times, dtype, dist):
    r = np.random.default_rng(1)
    for i in range(times):
        for letter in 'AB':
            if dist == 'uniform':
                x = r.random((1000, 1000), dtype)
            else:
                _, low, high = dist.split(':')
                x = r.integers(int(low), int(high), (1000, 1000), dtype)
            np.save(f'input{letter}{i}.npy', x)


if sys.argv[1] == 'list':
    for kind, form, times, files, what in KINDS:
        for f in files:
            print(form, times, f, what if form == 'draw' else '-', kind)
    sys.exit()

_, do, kind, files = sys.argv
form, times, what = next((form, times, what) for k, form, times, fs, what in KINDS if k == kind and files in fs)
if form == 'draw':
    if do == 'run':
        draw(times, kind.split('=')[-1], what)
elif do == 'make':
    make(form, times, files, what())
else:
    run(form, times, files, what)
