package ddsum

import "testing"

func TestKernelIsTheFirstAvailable(t *testing.T) {
	if got, want := inUse.name, available()[0].name; got != want {
		t.Errorf("kernel %q is in use, want %q", got, want)
	}
	ks := kernels()
	if last := ks[len(ks)-1]; last.name != "go" || !last.available {
		t.Errorf("the last kernel is %q, available: %v", last.name, last.available)
	}
}
