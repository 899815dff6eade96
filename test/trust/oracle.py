"""What numpy says of a folder, for the tests: python3 oracle.py < requests > answers

A request is a line of JSON with a folder, and a script that runs there. The answer is a line with what the
script leaves in result, or with the error that ended it. Scripts can use what this file defines.
"""
import json
import os
import re
import sys
import traceback
import warnings

import numpy as np

warnings.simplefilter('ignore')


def indexed(name, i):
    """The name with an index: before the extension, or where it has $(index)."""
    if '$(index)' in name:
        return name.replace('$(index)', str(i))
    root, ext = os.path.splitext(name)
    return f'{root}{i}{ext}'


def settings(file, **overrides):
    """The attributes of a submission file."""
    found = {}
    with open(file) as f:
        for line in f:
            name, equals, value = line.partition('=')
            if equals and not name.startswith('#'):
                found[name.strip()] = value.strip()
    return {**found, **overrides}


def load(name, i):
    """The array with an index: of a .npy file, or a named one of a .npz file."""
    file, _, array = name.partition(':')
    found = np.load(indexed(file, i))
    return found[array] if array else found


def factors(run, i):
    """The factors of a product."""
    names = [n.strip() for n in run.get('indexed_input_files', '').split(',') if n.strip()]
    if run.get('inputs') == 'random':
        n = int(run['size'])
        r = np.random.default_rng([int(run['seed']), i])
        a, b = r.random((n, n)), r.random((n, n))
    elif 'b' in run:
        a, b = np.load(indexed(run['a'], i)), np.load(indexed(run['b'], i))
    elif run.get('gram') == 'yes':
        a = np.load(indexed((names or ['inputX.npy'])[0], i))
        a, b = a.T, a
    elif 'fixed' in run:
        a, b = np.load(run['input_files']), np.load(indexed((names or ['inputB.npy'])[0], i))
        if run['fixed'] == 'b':
            a, b = b, a
    elif len(names) == 1:
        pair = np.load(indexed(names[0], i))
        a, b = pair['A'], pair['B']
    else:
        a, b = (load(n, i) for n in names or ['inputA.npy', 'inputB.npy'])
    if run.get('transpose') == 'a':
        a = a.T
    return a, b


def indices(run):
    first = int(run.get('first_index', 0))
    return range(first, first + int(run.get('total_jobs', 100)))


def total(run):
    """The sum of a run's products, and the sum of |A||B|, which bounds its error."""
    s = bound = 0
    for i in indices(run):
        a, b = factors(run, i)
        s = s + a @ b
        bound = bound + np.abs(a) @ np.abs(b)
    return s, bound


def norm(run):
    """The norm of a run's sum, and a bound of its error, whoever computes it."""
    s, bound = total(run)
    return [repr(float(np.linalg.norm(s))), repr(float(1e-12 * np.linalg.norm(bound)))]


def wrong(file, run):
    """How many elements of a file are farther from the sum than rounding explains."""
    s, bound = total(run)
    got = np.load(file)
    if got.shape != s.shape:
        return got.size
    a, _ = factors(run, indices(run)[0])
    unit = (a.shape[-1] + len(indices(run)) + 2) * np.finfo(float).eps
    with np.errstate(all='ignore'):
        return int(np.count_nonzero(~(np.abs(got - s) <= unit * bound) & np.isfinite(bound)))


def some(run):
    """The norms of the sums of some of a run's products, whichever those are, in the form of norm."""
    terms = []
    for i in indices(run):
        try:
            a, b = factors(run, i)
            terms.append((a @ b, np.abs(a) @ np.abs(b)))
        except Exception:
            pass
    found = []
    for chosen in range(1, 1 << len(terms)):
        s = bound = 0
        for i, (product, size) in enumerate(terms):
            if chosen >> i & 1:
                s, bound = s + product, bound + size
        found.append([repr(float(np.linalg.norm(s))), repr(float(1e-12 * np.linalg.norm(bound)))])
    return found


def flip(file, where, bit, keep=True):
    """Flip a bit of a file, at where, from 0 to 1, of its length. Its time of modification may be kept."""
    s = os.stat(file)
    with open(file, 'r+b') as f:
        f.seek(int(where * s.st_size))
        byte = f.read(1)[0]
        f.seek(-1, os.SEEK_CUR)
        f.write(bytes([byte ^ 1 << bit]))
    if keep:
        os.utime(file, ns=(s.st_atime_ns, s.st_mtime_ns))


def main():
    for line in sys.stdin:
        request = json.loads(line)
        os.chdir(request['dir'])
        scope = {**globals(), 'result': None}
        try:
            exec(request['script'], scope)
            answer = {'result': scope['result']}
        except Exception as e:
            answer = {'error': traceback.format_exception_only(e)[-1].strip()}
        os.chdir('/')
        print(json.dumps(answer), flush=True)


if __name__ == '__main__':
    main()
