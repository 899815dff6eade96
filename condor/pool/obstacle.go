package pool

import "slices"

// Obstacle explains why no slot matches. The names are those of the conditions, followed by
// those of the needs: processors, memory, disk. If leaving out one of these makes slots match,
// it returns those ones, and alone is true; otherwise those that no slot meets, of which there
// may be none.
func Obstacle(slots []Slot, need Need, names []string) (found []string, alone bool) {
	for i, name := range names {
		if slices.ContainsFunc(slots, func(s Slot) bool { return !s.IsDynamic() && s.jobs(need, i) > 0 }) {
			found = append(found, name)
		}
	}
	if found != nil {
		return found, true
	}
	for i, name := range names {
		if !slices.ContainsFunc(slots, func(s Slot) bool { return !s.IsDynamic() && s.suits(need, i) }) {
			found = append(found, name)
		}
	}
	return found, false
}

// suits reports whether the slot meets one requirement: a condition, or after them a need.
func (s Slot) suits(need Need, i int) bool {
	switch i - len(s.meets) {
	case 0:
		return s.has.Cpus >= need.Cpus
	case 1:
		return s.has.Memory >= need.Memory
	case 2:
		return s.has.Disk >= need.Disk
	}
	return s.meets[i]
}
