package forecast

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"matpool/internal/base/text"
)

// A Choice is a way to do the work on the pool.
type Choice struct {
	Name  string // what a submission file says
	Load  Load
	Note  string // what else there is to say
	Other bool   // the result is another one
}

// Choices returns a table: how long the work takes here, and in each way on so many slots of the pool, what is to be
// transferred, and the core hours, which are those of the slots from the first job to the last. Origin says where the
// number of slots is from, or is "".
//
// One choice is marked. Of those with the same result that take up to 1.5 times as long as the fastest, which is as
// much as is known of the times, it is the one with the fewest core hours.
func (v *Verdict) Choices(slots int, origin string, choices []Choice) string {
	type row struct {
		name, time, transfer, core, note string
		seconds, hours                   float64
		other                            bool
	}
	p := v.pace()
	here := v.Speed.Here(v.Load)
	rows := []row{{name: "here", transfer: "-", seconds: here, hours: here * v.Speed.All / v.Speed.One / 3600}}
	for _, c := range choices {
		seconds := p.onPool(c.Load, slots, v.Need.Cpus, v.Speed)
		rows = append(rows, row{name: c.Name, transfer: text.Size(c.Load.In + c.Load.Out), note: c.Note, other: c.Other,
			seconds: seconds, hours: (seconds - p.start) * float64(min(slots, c.Load.Jobs)*v.Need.Cpus) / 3600})
	}
	least := rows[0].seconds
	for _, r := range rows {
		if !r.other {
			least = min(least, r.seconds)
		}
	}
	const known = 1.5
	cheapest := slices.IndexFunc(rows, func(r row) bool { return !r.other && r.seconds <= known*least })
	for i, r := range rows {
		if !r.other && r.seconds <= known*least && r.hours < rows[cheapest].hours {
			cheapest = i
		}
	}
	const mark = "the cheapest of the fast ones"
	if note := &rows[cheapest].note; *note == "" {
		*note = mark
	} else {
		*note = mark + "; " + *note
	}

	width := utf8.RuneCountInString("choice")
	for i, r := range rows {
		width = max(width, utf8.RuneCountInString(r.name))
		rows[i].time, rows[i].core = "<1s", "<0.01"
		if r.seconds >= 1 {
			rows[i].time = rounded(r.seconds)
		}
		if r.hours >= 0.01 {
			rows[i].core = twoDigits(r.hours)
		}
	}
	what := fmt.Sprintf("%s on %s%s", text.Count(v.Load.Products, "product"), text.Count(slots, "slot"), origin)
	if v.Bandwidth > 0 {
		what += fmt.Sprintf(", %s/s each way", text.Size(int64(v.Bandwidth)))
	}
	lines := []string{what + ":"}
	line := func(name, time, transfer, core, note string) {
		name += strings.Repeat(" ", width-utf8.RuneCountInString(name))
		lines = append(lines, strings.TrimRight(fmt.Sprintf("  %s  %8s  %9s  %10s  %s", name, time, transfer, core, note), " "))
	}
	line("choice", "time", "transfer", "core hours", "")
	for _, r := range rows {
		line(r.name, r.time, r.transfer, r.core, r.note)
	}
	return strings.Join(lines, "\n")
}

// twoDigits rounds a number to two digits.
func twoDigits(x float64) string {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'e', 1, 64), 64)
	if rounded >= 100 {
		return text.Number(int(rounded))
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}
