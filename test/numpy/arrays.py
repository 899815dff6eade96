"""Arrays for the tests."""
import numpy as np

nan, inf = np.nan, np.inf

# Values that a careless reader or writer changes. The NaNs have payloads; the second is a signalling NaN.
HARD = np.array([0x7ff80000deadbeef, 0x7ff0000000000001, 0xfff8000000000000, 0x7ff0000000000000, 0xfff0000000000000,
                 0x0000000000000001, 0x800fffffffffffff, 0x8000000000000000, 0x0000000000000000, 0x7fefffffffffffff,
                 0x3ff0000000000000, 0xbfb999999999999a, 0x0102030405060708], 'u8').view('f8')


def hard(*shape):
    return np.resize(HARD, shape)


def uniform(*shape):
    return np.random.RandomState(shape[0]).uniform(-1, 1, shape)


def wide(*shape):
    """Numbers of all magnitudes whose products neither overflow nor underflow."""
    return uniform(*shape) * 10 ** np.random.RandomState(shape[1]).uniform(-100, 100, shape)


def integers(*shape):
    """Whole numbers, none 0, so small that a sum of 1000 products is below 2**53."""
    x = np.random.RandomState(shape[0]).randint(-2**21 + 1, 2**21, shape)
    return np.where(x == 0, 1, x).astype('f8')


def with_values(array, values):
    """The array with other values here and there: {(i, j): value}."""
    for index, value in values.items():
        array[index] = value
    return array


def fortran(array):
    return np.asarray(array, order='F')


def big_endian(array):
    return array.astype('>f8')


def typed(dtype, *shape, seed=1):
    """Values of any type: integers of all sizes, other numbers of many magnitudes."""
    rng, dtype = np.random.RandomState(seed), np.dtype(dtype)
    n = int(np.prod(shape))
    if dtype.kind == 'b':
        values = rng.randint(0, 2, n).astype(dtype)
    elif dtype.kind in 'iu':
        values = np.frombuffer(rng.bytes(n * dtype.itemsize), dtype)
    else:
        parts = rng.standard_normal((2, n)) * 2.0 ** rng.randint(-14, 14, (2, n))
        values = (parts[0] + 1j * parts[1] if dtype.kind == 'c' else parts[0]).astype(dtype)
    return values.reshape(shape)
