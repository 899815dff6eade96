// Package forecast says how long jobs will take, on the pool and on this machine. It knows what the pool has (an
// [Offer]), a model of the time, how fast this machine is, and how long an earlier run took, if the event log has one.
package forecast

import (
	"fmt"
	"strings"
	"time"

	"matpool/condor/pool"
	"matpool/internal/base/text"
)

// A Verdict is what is known of the time that jobs will take.
type Verdict struct {
	Load    Load
	Need    pool.Need // of each job
	Speed   Speed     // of this machine; zero if the jobs run another program than matprod
	Offer   Offer
	Earlier *Earlier // or nil
	Command string   // that does the jobs' work on this machine, or "" if there is none

	Bandwidth float64 // bytes per second that this machine sends, and that it receives; 0 if unknown
}

// String returns the verdict as a line.
func (v *Verdict) String() string {
	match, free := v.Offer.Count(v.Need)
	return v.line(match, free)
}

// Expected returns how long the jobs will take on the pool, from now to their end; 0 if that is not known, or only a bound.
func (v *Verdict) Expected() time.Duration {
	match, free := v.Offer.Count(v.Need)
	if v.Offer.Unknown != "" || free == 0 || !v.known(match) {
		return 0
	}
	return time.Duration(v.OnPool(free) * float64(time.Second))
}

// known reports whether the time on the pool is known if some slots match.
func (v *Verdict) known(match int) bool {
	return match > 0 && (v.Speed != Speed{} || v.Earlier != nil)
}

// line returns the verdict, given the number of slots that match and of those that are free.
func (v *Verdict) line(match, free int) string {
	slots := slotsOf(match, free)
	matprod := v.Speed != Speed{}
	here, onPool := v.Speed.Here(v.Load), v.OnPool(slots)
	known := v.known(match)

	what := text.Count(v.Load.Jobs, "job")
	var times []string
	if matprod {
		what = text.Count(v.Load.Products, "product")
		times = append(times, About(here)+" here")
	}
	switch {
	case v.Offer.Unknown != "":
		times = append(times, "on the pool unknown: "+v.Offer.Unknown)
	case match == 0:
		times = append(times, "on the pool no slot matches")
	case !known:
		times = append(times, "their run time is unknown")
	case free == 0:
		times = append(times, "on the pool at least "+About(onPool))
	default:
		times = append(times, aboutOnPool(onPool)+" on the pool")
	}
	line := what + ": " + strings.Join(times, "; ")
	if match > 0 {
		line += " (" + strings.Join(v.grounds(match, free), ", ") + ")"
	}
	if v.Command != "" && (!known || here <= onPool) {
		return line + "; to run it here: " + v.Command
	}
	return line + "."
}

// slotsOf returns the number of slots that jobs are expected to have.
func slotsOf(match, free int) int {
	if free == 0 { // the time is at least that of all
		return max(match, 1)
	}
	return free
}

// grounds returns what the time on the pool follows from.
func (v *Verdict) grounds(match, free int) []string {
	matching := text.Count(match, "slot") + " match"
	if match == 1 {
		matching += "es"
	}
	if v.Offer.unjudged {
		matching = "up to " + matching
	}
	list := []string{matching}
	switch {
	case free == 0:
		list = append(list, "all in use by others")
	case free < match:
		list = append(list, text.Number(match-free)+" of them in use by others")
	}
	if v.Speed != (Speed{}) {
		list = append(list, text.Size(v.Load.In+v.Load.Out)+" to transfer")
	} else { // how much comes back is not known
		list = append(list, text.Size(v.Load.In)+" to send")
	}
	if v.Earlier != nil {
		list = append(list, fmt.Sprintf("at the pace of cluster %d", v.Earlier.Cluster))
	}
	return list
}

// About describes a number of seconds, rounded to one or two digits.
func About(seconds float64) string {
	if seconds < 1 {
		return "less than 1s"
	}
	return "about " + rounded(seconds)
}

// rounded rounds a number of seconds to one or two digits.
func rounded(seconds float64) string {
	d, unit := time.Duration(seconds*float64(time.Second)), time.Second
	for _, u := range []time.Duration{10 * time.Second, time.Minute, 10 * time.Minute, time.Hour} {
		if d >= 6*u {
			unit = u
		}
	}
	return text.Duration(d.Round(unit))
}

// aboutOnPool is about for a pool, whose rounds begin at any moment: a few seconds are not known
// better.
func aboutOnPool(seconds float64) string {
	const few = 5
	if seconds < few {
		return "a few seconds"
	}
	return About(seconds)
}
