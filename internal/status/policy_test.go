package status_test

import (
	"testing"

	"matpool/condor"
	"matpool/internal/status"
)

// HTCondor holds a job that ends with these statuses at once.
func TestStatusesOfPolicy(t *testing.T) {
	if status.Usage != condor.ExitUsage || status.Data != condor.ExitData {
		t.Errorf("Usage %d, Data %d; condor has %d and %d", status.Usage, status.Data, condor.ExitUsage, condor.ExitData)
	}
}
