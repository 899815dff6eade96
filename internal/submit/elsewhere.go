package submit

import (
	"slices"

	"matpool/condor/pool"
	"matpool/internal/record"
)

// makers returns the names of the machines that have made an output.
func (d Verdict) makers() []string {
	names := slices.Clone(d.maker.names)
	for _, m := range d.Vote.Machines() {
		if !slices.Contains(names, m) {
			names = append(names, m)
		}
	}
	return names
}

// others returns how many processors machines have that have not made an output, and how many of these another operating
// system has.
func (d Verdict) others(machines []pool.Machine) (all, elsewhere int) {
	makers := d.makers()
	for _, m := range machines {
		if !slices.ContainsFunc(makers, func(name string) bool { return record.SameMachine(name, m.Name) }) {
			all += m.Cpus
			if m.System != d.maker.system {
				elsewhere += m.Cpus
			}
		}
	}
	return all, elsewhere
}

// elsewhere reports of each output whether it is made again under another operating system than before, by jobs with a number
// of processors: of as many as its machines can make while the others make the rest, or as there are slots for at once.
func elsewhere(again []Verdict, machines []pool.Machine, cpus int) (is []bool) {
	total, chosen := map[string]int{}, map[string]int{} // by the operating system that made them
	for _, d := range again {
		total[d.maker.system]++
	}
	for _, d := range again {
		all, other := d.others(machines)
		system := d.maker.system
		chooses := system != "" && all > 0 && chosen[system] < max(other/cpus, total[system]*other/all)
		if chooses {
			chosen[system]++
		}
		is = append(is, chooses)
	}
	return is
}
