"""Files for the tests, sound ones and others: what the samples of docs/FORMAT.md are made with."""
import gzip
import io
import os
import pickle
import struct
import subprocess
import tempfile
import zipfile

import numpy as np

from arrays import *


class Pipe:
    """A file that cannot be written but at its end: zipfile puts sizes behind the members."""
    def __init__(self, file):
        self.write, self.flush = file.write, file.flush


class Sparse(io.FileIO):
    """A file in which what is written as long runs of zeros takes no room."""
    def write(self, b):
        if len(b) < 2**16 or memoryview(b)[:64] != bytes(64):
            return super().write(b)
        self.seek(len(b), io.SEEK_CUR)
        return len(b)


def sparse_archive(file, size):
    """Save an archive of so many zeros, and of the value 42 behind them."""
    with Sparse(file, 'w') as f:
        np.savez(f, big=np.zeros(size, 'u1'), end=np.uint8(42))


def by_hand(file, header, values=np.arange(12.0).reshape(3, 4), version=1):
    """Write a .npy file with a header of one's own."""
    header = header.encode('utf-8') + b'\n'
    with open(file, 'wb') as f:
        f.write(b'\x93NUMPY' + bytes([version, 0]) + len(header).to_bytes(2 if version == 1 else 4, 'little') + header + values.tobytes())


def zipped(file, options, pipe=False):
    """Make an archive of A.npy and B.npy by zip(1)."""
    with tempfile.TemporaryDirectory() as folder:
        for member in 'AB':
            np.save(f'{folder}/{member}.npy', typed('f8', 3, 4))
        command = ['zip', '-q', *options.split(), '-' if pipe else file, 'A.npy', 'B.npy']
        out = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE).stdout
    if pipe:
        with open(file, 'wb') as f:
            f.write(out)


def archive(file, members, *args, pipe=False, zip64=False):
    """Make an archive by Python's zipfile, of pairs (name, array or bytes)."""
    with open(file, 'wb') as f, zipfile.ZipFile(Pipe(f) if pipe else f, 'w', *args) as archive:
        for name, array in members:
            with archive.open(name, 'w', force_zip64=zip64) as member:
                member.write(array if isinstance(array, bytes) else npy(array))


def npy(array):
    """A .npy file as bytes."""
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def change(file, change):
    """Change the bytes of a file."""
    with open(file, 'rb') as f:
        content = change(f.read())
    with open(file, 'wb') as f:
        f.write(content)


def liar(file):
    """Make an archive of 3 MB whose only array, A, claims 3 GB: its compressed values end long before."""
    size = 128 + 3 * 2**30
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {'descr': '<f8', 'fortran_order': False, 'shape': (size // 8192, 1024)})
    archive(file, [('A.npy', header.getvalue() + np.random.bytes(3 * 2**20))], zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(file) as z:
        old = struct.pack('<I', z.getinfo('A.npy').file_size)
    change(file, lambda b: b[:22] + struct.pack('<I', size) + b[26:].replace(old, struct.pack('<I', size)))
