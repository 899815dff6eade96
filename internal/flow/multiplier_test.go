package flow

import (
	"strings"
	"testing"

	"matpool/internal/status"
)

func TestUnknownKernelIsWrongUsage(t *testing.T) {
	_, err := NewMultiplier("none", 1)
	if status.Of(err) != status.Usage || !strings.HasPrefix(err.Error(), "flag -kernel: ") {
		t.Errorf("status %d, %v", status.Of(err), err)
	}
}
