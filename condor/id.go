package condor

import (
	"cmp"
	"strconv"
)

// An ID identifies a job in its queue, by cluster and process.
type ID struct{ Cluster, Proc int }

// Compare orders by cluster, then by process.
func (id ID) Compare(other ID) int {
	return cmp.Or(cmp.Compare(id.Cluster, other.Cluster), cmp.Compare(id.Proc, other.Proc))
}

func (id ID) String() string { return strconv.Itoa(id.Cluster) + "." + strconv.Itoa(id.Proc) }
