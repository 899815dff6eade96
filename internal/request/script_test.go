package request

import (
	"os"
	"path/filepath"
	"testing"

	"matpool/condor/jobfile"
	"matpool/internal/status"
)

// A script is replaced if it does nothing but load two files, multiply them and save the product.
func TestReplaced(t *testing.T) {
	const load = "import numpy as np\nA = np.load('inputA.npy')\nB = np.load('inputB.npy')\n"
	for _, test := range []struct {
		script   string
		replaced bool
	}{
		{load + "C = np.matmul(A, B)\nnp.save('output.npy', C)\n", true},
		{load + "C = np.dot(A, B)\nnp.save('output.npy', C)", true},
		{load + "C = A @ B\nnp.save('output.npy', C)\n", true},
		{load + "np.save('output', (A @ B))", true},
		{"\ufeff#!/usr/bin/env python3\r\n" + load + "\r\nnp.save('output.npy', A @ B) # done\r\n", true},
		{"'''Text,\nmore text.'''\nimport numpy\nx = \"inputA.npy\"\nnumpy.save('output.npy',\n  numpy.load(x)\n  @ numpy.load('inputB.npy'))", true},
		{load + "    # a comment\n\nA1 = A\nnp.save('output.npy', A1 @ B)", true},

		{load + "C = np.matmul(B, A)\nnp.save('output.npy', C)\n", false},
		{load + "C = A * B\nnp.save('output.npy', C)\n", false},
		{load + "C = A @ B @ A\nnp.save('output.npy', C)\n", false},
		{load + "C = A.T @ B\nnp.save('output.npy', C)\n", false},
		{load + "C = A @ B\nC = C + 1\nnp.save('output.npy', C)\n", false},
		{load + "C = A @ B\nprint(C)\nnp.save('output.npy', C)\n", false},
		{load + "C = A @ B\nnp.save('output.npy', C)\nnp.save('output.npy', A)\n", false},
		{load + "C = A @ B\nnp.save('output.npy', C)\nD = np.load('output.npy')\n", false},
		{load + "C = A @ B\nnp.save('output.npy', A)\n", false},
		{load + "C = A @ B\nnp.save('result.npy', C)\n", false},
		{load + "C = A @ B\nnp.savetxt('output.npy', C)\n", false},
		{load + "C = A @ B\n", false},
		{load + "B = np.load('x.npy')\nnp.save('output.npy', A @ B)\n", false},
		{load + "np = A\nnp.save('output.npy', A @ B)\n", false},
		{load + "if True:\n  np.save('output.npy', A @ B)\n", false},
		{load + "  np.save('output.npy', A @ B)\n", false},
		{load + "np.save('output.npy', A @ B); print(1)\n", false},
		{load + "'''\\''' + '''\nnp.save('output.npy', A @ B)\n", false},
		{load + "np.save(f'output.npy', A @ B)\n", false},
		{load + "np.save('output.npy', A @ B, allow_pickle=False)\n", false},
		{"import jax.numpy as np\n" + load[19:] + "np.save('output.npy', A @ B)\n", false},
		{"import scipy as np\n" + load[19:] + "np.save('output.npy', A @ B)\n", false},
		{load[19:] + "np.save('output.npy', A @ B)\n", false},
		{"import numpy as np\nA = np.load('inputA.npy', 'r')\nB = np.load('inputB.npy')\nnp.save('output.npy', A @ B)\n", false},
		{"", false},
		{"(((", false},
		{"np.save('output.npy',", false},
		{"\x93\x00'", false},
	} {
		name := filepath.Join(t.TempDir(), "product.py")
		if err := os.WriteFile(name, []byte(test.script), 0o666); err != nil {
			t.Fatal(err)
		}
		q := &jobfile.Request{Script: name, Matprod: true, IndexedInputs: []string{"in/inputA.npy", "inputB.npy"}}
		s, err := Replaced("run_product", q)
		if (err == nil) != test.replaced || (s.Line != "") != test.replaced || err != nil && status.Of(err) != status.Data {
			t.Errorf("%q: %q, %v", test.script, s.Line, err)
		}
	}
}
