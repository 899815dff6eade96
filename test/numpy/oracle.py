"""Numpy's answers to the tests' questions: python3 oracle.py COMMAND < questions.json > answers.json

The questions are a list of dictionaries with the arguments of the function COMMAND; the answers are
its results. An array is given as a Python expression, which can use the names of arrays.py.
"""
import io
import json
import platform
import resource
import subprocess
import sys
import warnings
import zipfile
from fractions import Fraction

import numpy as np

import files
from arrays import *
from files import *

warnings.simplefilter('ignore')


def describe(array):
    is_fortran = array.flags.fnc
    values = array.astype('<f8').ravel(order='F' if is_fortran else 'C')
    return {'DType': array.dtype.str, 'Shape': array.shape, 'Fortran': is_fortran, 'Bits': values.view('<u8').tolist()}


def header(dtype, shape, fortran):
    """What np.save writes before the values of such an array, in hexadecimal."""
    dtype = np.dtype(dtype)
    # A view of one value with the strides of a full array, since sizes may be huge.
    strides, stride = [0] * len(shape), dtype.itemsize
    for i in range(len(shape)) if fortran else reversed(range(len(shape))):
        strides[i] = stride
        stride *= max(shape[i], 1)
    array = np.lib.stride_tricks.as_strided(np.zeros(1, dtype), shape, strides)
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(array))
    return file.getvalue().hex()


def save(file, array):
    """Save an array, and say what it is."""
    array = eval(array)
    np.save(file, array)
    return describe(array)


def save_version(file, array, version):
    """Save an array in one of the versions of the format, and say what it is."""
    array = eval(array)
    with open(file, 'wb') as f:
        np.lib.format.write_array(f, array, version=tuple(version))
    return describe(array)


def load_end(file):
    """Array end of an archive."""
    with np.load(file) as arrays:
        return int(arrays['end'])


def save_any(file, array):
    """Save an array of any type, objects too."""
    np.save(file, eval(array), allow_pickle=True)


def load(file, copy):
    """Load an array, save it again, and say what it is."""
    array = np.load(file, allow_pickle=False)
    np.save(copy, array)
    return describe(array)


def describe_raw(array):
    """What an array is, and its bytes in hexadecimal as np.save writes them."""
    is_fortran = array.flags.fnc
    return {'DType': array.dtype.str, 'Shape': array.shape, 'Fortran': is_fortran,
            'Bytes': array.tobytes('F' if is_fortran else 'C').hex()}


def save_raw(file, array, version):
    """Save an array in one of the versions of the format, and say what it is to the byte."""
    array = eval(array)
    with open(file, 'wb') as f:
        np.lib.format.write_array(f, array, version=tuple(version))
    return describe_raw(array)


def load_raw(file, copy):
    """Load an array, save it again, and say what it is to the byte."""
    array = np.load(file, allow_pickle=False)
    np.save(copy, array)
    return describe_raw(array)


def load_all(file):
    """What the arrays of a .npz file are, by name."""
    with np.load(file, allow_pickle=False) as arrays:
        return {name: describe_raw(arrays[name]) for name in arrays}


def content(array):
    """What an array is, whatever its byte order; None of Python objects."""
    if array.dtype.hasobject:
        return None
    is_fortran = array.flags.fnc
    values = array.astype(array.dtype.newbyteorder('<'))
    return {'Type': array.dtype.str.lstrip('<>|='), 'Shape': array.shape, 'Fortran': is_fortran,
            'Bytes': values.tobytes('F' if is_fortran else 'C').hex()}


def peak(command, folder):
    """Run a program, and say how it ended, and how much memory, in KB, one used at most until now."""
    done = subprocess.run(command, cwd=folder, stderr=subprocess.PIPE, text=True)
    return {'Status': done.returncode, 'Stderr': done.stderr, 'KB': resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}


def make(file, code):
    """Make a file by some Python, which knows its name; x, if it is set, is the array that it holds."""
    scope = {**vars(files), 'name': file}
    exec(code, scope)
    return content(scope['x']) if 'x' in scope else None


def read(File, Array):
    """What np.load makes of a file, or of an array of an archive."""
    try:
        loaded = np.load(File, allow_pickle=False)
        return {'Content': content(loaded[Array] if Array else loaded)}
    except Exception as e:
        return {'Error': str(e) or type(e).__name__}


def spelled(descr):
    """What np.dtype makes of a text: one of the types that we read, another one, or none."""
    try:
        dtype = np.dtype(descr)
    except Exception:
        return 'invalid'
    return dtype.str if dtype.kind in 'biufc' and dtype.str[1:] not in ('f12', 'f16', 'c24', 'c32') else 'refused'


def result_type(a, b):
    return np.result_type(np.dtype(a), np.dtype(b)).name


def convert(dtype):
    """Values of a type to float64 and back, and hard float64s to it, each as bytes in hexadecimal."""
    rng = np.random.RandomState(1)
    dtype = np.dtype(dtype)
    wide, part = ('c16', np.dtype(f'f{dtype.itemsize // 2}')) if dtype.kind == 'c' else ('f8', dtype)
    if dtype.kind == 'b':
        values = np.array([False, True])
    elif dtype.itemsize == 2 or dtype.itemsize == 1:
        values = np.arange(1 << 8 * dtype.itemsize).astype(f'u{dtype.itemsize}').view(dtype)
    else:
        values = rng.bytes(16 * 5000)
        values = np.frombuffer(values, dtype)
    if dtype.kind in 'fc':
        x = np.concatenate([HARD, rng.standard_normal(5000) * 2.0 ** rng.randint(-160, 160, 5000),
                            rng.standard_normal(5001) * 2.0 ** rng.randint(-30, 20, 5001)])
    else:
        x = rng.randint(-2**53 + 1, 2**53, 5000).astype('f8')
    with np.errstate(all='ignore'):
        back = x.astype('i8').astype(dtype) if dtype.kind in 'iu' else x.astype(part)
        return {'Values': values.tobytes().hex(), 'Wide': values.astype(wide).tobytes().hex(),
                'X': x.tobytes().hex(), 'Narrow': back.tobytes().hex()}


def save_archive(file, arrays, compress=False):
    """Save a .npz file: {name: array}, or one array without a name."""
    save = np.savez_compressed if compress else np.savez
    if isinstance(arrays, str):
        save(file, eval(arrays))
    else:
        save(file, **{name: eval(array) for name, array in arrays.items()})


def exact_sum(files, result):
    """Save the sum of all arrays in some files, each element rounded once, and say what numpy's norm of it is."""
    arrays = []
    for file in files:
        path, _, name = file.partition('.npz:')
        loaded = np.load(path + '.npz' if name else path, allow_pickle=False)
        arrays += [loaded[name]] if name else [loaded] if isinstance(loaded, np.ndarray) else [loaded[n] for n in loaded]
    order = 'F' if arrays[0].flags.fnc else 'C'
    is_complex = any(a.dtype.kind == 'c' for a in arrays)
    total = np.zeros(arrays[0].shape, 'c16' if is_complex else 'f8', order)
    for index in np.ndindex(total.shape):
        terms = [a[index].item() for a in arrays]
        parts = [[Fraction(t.real) for t in terms], [Fraction(t.imag) for t in terms]]
        re, im = (float(sum(part)) for part in parts)
        total[index] = complex(re, im) if is_complex else re
    np.save(result, total)
    return str(np.linalg.norm(total))


def inputs(rng, seed, line, jobs, size, folder, npz):
    """Save random inputs, each drawn by a line of Python."""
    n = (size, size)
    if rng == 'mt19937':
        np.random.seed(int(seed))
    r = np.random.default_rng(int(seed))
    for i in range(jobs):
        A = eval(line, globals(), {'n': n, 'r': r})
        B = eval(line, globals(), {'n': n, 'r': r})
        if npz:
            np.savez(f'{folder}/input{i}.npz', A=A, B=B)
        else:
            np.save(f'{folder}/inputA{i}.npy', A)
            np.save(f'{folder}/inputB{i}.npy', B)


def streams(seed, line, first, jobs, size, folder):
    """Save random pairs, each from a stream of its own, and their products; return the norm of the products' sum."""
    n, total = (size, size), 0
    for i in range(first, first + jobs):
        r = np.random.default_rng([int(seed), i])
        A = eval(line, globals(), {'n': n, 'r': r})
        B = eval(line, globals(), {'n': n, 'r': r})
        for name, array in ('inputA', A), ('inputB', B), ('output', np.matmul(A, B)):
            np.save(f'{folder}/{name}{i}.npy', array)
        total = total + np.matmul(A, B).astype('f8')
    return float(np.linalg.norm(total))


def zip_files(file, files, compress, pipe, zip64):
    """Pack files by Python's zipfile: {name in the archive: name of the file}."""
    with open(file, 'wb') as f:
        with zipfile.ZipFile(Pipe(f) if pipe else f, 'w', zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED) as archive:
            for name in files:
                with open(files[name], 'rb') as content, archive.open(name, 'w', force_zip64=zip64) as member:
                    member.write(content.read())


def multiply(a, b, folder):
    """Save A, B, their product, and |A||B|."""
    a, b = eval(a), eval(b)
    with np.errstate(invalid='ignore', over='ignore'):
        for name, array in ('A', a), ('B', b), ('C', np.matmul(a, b)), ('bound', np.matmul(abs(a), abs(b))):
            np.save(f'{folder}/{name}.npy', array)


def add(files, result):
    """Save the sum of some files."""
    total = 0
    for file in files:
        total += np.load(file)
    np.save(result, total)


def split(file, folder):
    """Save the arrays of a .npz file as .npy files, and say what they are called, and of what type."""
    with np.load(file, allow_pickle=False) as arrays:
        for name in arrays:
            np.save(f'{folder}/{name}.npy', arrays[name])
        return [f'{name} {arrays[name].dtype}' for name in arrays]


def repack(file, function, change):
    """Write a .npz file again by a function of numpy's, with its arrays changed by one from here."""
    with np.load(file, allow_pickle=False) as arrays:
        arrays = {name: eval(change)(arrays[name]) for name in arrays}
    getattr(np, function)(file, **arrays)


def save_and_print_norm(file, array):
    """Save an array, and say what print shows of its norm."""
    array = eval(array)
    np.save(file, array)
    return str(np.linalg.norm(array))


def print_again(text):
    """What print shows of the float that a text stands for."""
    return str(float(text))


def draw(legacy, seed, calls, file):
    """Seed a generator, and save the values of its calls one after another."""
    if legacy:
        np.random.seed(eval(seed))
        generator = np.random
    else:
        generator = np.random.default_rng(eval(seed))
    with open(file, 'wb') as f:
        for call in calls:
            eval(f'generator.{call}').tofile(f)


def versions():
    return {'Numpy': np.__version__, 'C': ' '.join(platform.libc_ver())}


def published(name):
    """The seed and the words of a test set that numpy publishes."""
    with open(f'{np.random.__path__[0]}/tests/data/{name}') as f:
        _, seed = next(f).split(',')
        return {'Seed': str(int(seed, 0)), 'Words': [str(int(line.split(',')[1], 0)) for line in f]}


command = globals()[sys.argv[1]]
json.dump([command(**question) for question in json.load(sys.stdin)], sys.stdout)
