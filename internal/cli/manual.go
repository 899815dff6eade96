package cli

import (
	"flag"
	"fmt"
	"strings"
	"unicode/utf8"
)

// manual returns the text of the comment that source begins with. A program's
// manual is its package comment, so that go doc shows it, too.
func manual(source string) string {
	_, source, _ = strings.Cut(source, "/*\n")
	text, _, _ := strings.Cut(source, "*/")
	return text
}

// help returns the manual, with the section of the flags made from their definitions.
// (The copy of it in the source is for go doc; a test keeps it up to date.)
func (f *Flags) help() string {
	const heading = "\nFlags:\n\n"
	before, rest, found := strings.Cut(f.manual, heading)
	if !found {
		return f.manual
	}
	_, after, more := strings.Cut(rest, "\n\n")
	if more {
		after = "\n" + after
	}
	return before + heading + f.section() + after
}

// section returns a line for each flag: its name, its value's, the usage, the default.
func (f *Flags) section() string {
	type line struct{ name, usage string }
	var lines []line
	add := func(g *flag.Flag) {
		value, usage := flag.UnquoteUsage(g)
		name := strings.TrimSpace("-" + g.Name + " " + value)
		if g.DefValue != "" && g.DefValue != "false" {
			usage += " (" + g.DefValue + ")"
		}
		lines = append(lines, line{name, usage})
	}
	for _, name := range f.listed {
		add(f.set.Lookup(name))
	}
	lines = append(lines, line{"-help", "print this"})
	add(f.set.Lookup("version"))
	width := 0
	for _, l := range lines {
		width = max(width, utf8.RuneCountInString(l.name))
	}
	var section strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&section, "\t%-*s   %s\n", width, l.name, l.usage)
	}
	return section.String()
}
