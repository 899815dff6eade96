"""Random cases for matprod: python3 matmul.py FOLDER SEED COUNT > cases.json

Case I is a pair of files in the folder, inputAI.npy and inputBI.npy, or badAI.npy and badBI.npy where
np.matmul refuses them. For the others there are np.matmul's product, numpyI.npy, and, if it is of floats,
the product to more digits, exactI.npy, and what matprod's may differ from it at most, boundI.npy.
"""
import json
import sys
import warnings

import numpy as np

warnings.simplefilter('ignore')
TYPES = '?bBhHiIqQefdFD'


def shape(rng, ndim, largest):
    return [int(rng.integers(0, largest + 1)) if rng.random() < .1 else int(rng.integers(1, largest + 1)) for _ in range(ndim)]


def shapes(rng):
    """The shapes of two arrays, most of which have a product."""
    if rng.random() < .1:  # two matrices that are larger than a kernel's tile
        m, k, n = rng.integers(1, 50), rng.integers(1, 600), rng.integers(1, 50)
        return [int(m), int(k)], [int(k), int(n)]
    stack = shape(rng, rng.choice([0, 0, 1, 2, 3]), 4)
    k = int(rng.choice([0, 1, 2, 3, 7, 30]))
    pair = []
    for core in ([shape(rng, 1, 9)[0], k], [k, shape(rng, 1, 9)[0]]):
        own = [size if rng.random() < .8 else 1 for size in stack][int(rng.integers(0, len(stack) + 1)) if rng.random() < .3 else 0:]
        pair.append(own + core)
    for side, core in ((0, -2), (1, -1)):
        if rng.random() < .15:
            pair[side] = [k]
    if rng.random() < .08:  # wrong ones
        side = rng.integers(0, 2)
        if rng.random() < .3:
            pair[side] = []
        else:
            pair[side][rng.integers(0, len(pair[side]))] += int(rng.integers(1, 3))
    return pair


def values(rng, dtype, shape):
    """Numbers of a type: integers of the whole range or small, floats that neither overflow nor underflow."""
    dtype = np.dtype(dtype)
    count = int(np.prod(shape))
    if dtype.kind == 'b':
        x = rng.random(count) < .3
    elif dtype.kind in 'iu':
        info = np.iinfo(dtype)
        low, high = (info.min, info.max) if rng.random() < .5 else (max(info.min, -100), 100)
        x = rng.integers(low, high, count, dtype=dtype, endpoint=True)
    else:
        x = rng.standard_normal(count)
        if dtype.kind == 'c':
            x = x + 1j * rng.standard_normal(count)
        if dtype.char not in 'e':
            x = x * 2.0 ** rng.integers(-20, 20, count)
    x = x.astype(dtype).reshape(shape)
    if rng.random() < .4:
        x = np.asarray(x, order='F')
    if rng.random() < .3:
        x = x.astype(dtype.newbyteorder('>'))
    return x


def exact(a, b, result):
    """The product in long doubles, as float64s, and the bound: u is half a unit of the last place, γ for 2k terms if A is complex."""
    wide = np.clongdouble if result.kind == 'c' else np.longdouble
    a, b = (x.astype(result).astype(wide) if x.dtype.kind in 'iu' and x.dtype.itemsize == 8 else x.astype(wide) for x in (a, b))
    product = np.matmul(a, b)
    k = a.shape[-1] * (2 if result.kind == 'c' else 1)
    u = {2: 2.0 ** -11, 4: 2.0 ** -24, 8: 0}[result.itemsize // (2 if result.kind == 'c' else 1)]
    least = {2: 2.0 ** -14, 4: 2.0 ** -126, 8: 0}[result.itemsize // (2 if result.kind == 'c' else 1)]
    gamma = k * 2.0 ** -53 / (1 - k * 2.0 ** -53)
    parts = lambda x: np.stack([x.real, x.imag], -1) if result.kind == 'c' else x
    if result.kind == 'c':
        size = np.stack([np.matmul(abs(a.real), abs(b.real)) + np.matmul(abs(a.imag), abs(b.imag)),
                         np.matmul(abs(a.real), abs(b.imag)) + np.matmul(abs(a.imag), abs(b.real))], -1)
    else:
        size = np.matmul(abs(a), abs(b))
    p = parts(np.asarray(product))
    # The last two terms are this computation's own: the long doubles' errors, and the rounding to float64.
    bound = gamma * size + u * np.maximum(abs(p), least) * (1 + gamma) + k * 2.0 ** -63 * size + 2.0 ** -53 * abs(p)
    return np.ascontiguousarray(p, 'f8'), np.ascontiguousarray(bound, 'f8') * (1 + 2.0 ** -50)


def case(folder, rng, i):
    a, b = (values(rng, rng.choice(list(TYPES)), s) for s in shapes(rng))
    try:
        product = np.matmul(a, b)
    except ValueError as e:
        np.save(f'{folder}/badA{i}.npy', a)
        np.save(f'{folder}/badB{i}.npy', b)
        return {'Refused': str(e)}
    np.save(f'{folder}/inputA{i}.npy', a)
    np.save(f'{folder}/inputB{i}.npy', b)
    # Of some stacks of vectors it is in Fortran order.
    np.save(f'{folder}/numpy{i}.npy', np.array(product, order='C'))
    is_float = product.dtype.kind in 'fc'
    if is_float:
        p, bound = exact(a, b, product.dtype)
        np.save(f'{folder}/exact{i}.npy', p)
        np.save(f'{folder}/bound{i}.npy', bound)
    return {'What': f'{a.dtype.str}{a.shape} @ {b.dtype.str}{b.shape} = {product.dtype.str}{product.shape}', 'Float': is_float}


rng = np.random.default_rng(int(sys.argv[2]))
json.dump([case(sys.argv[1], rng, i) for i in range(int(sys.argv[3]))], sys.stdout)
