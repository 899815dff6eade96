package cli

import (
	"flag"
	"fmt"
	"strings"
	"unicode/utf8"
)

// manual returns the text of the comment at the beginning of source. A program's manual is its
// package comment, so go doc prints it too.
func manual(source string) string {
	_, source, _ = strings.Cut(source, "/*\n")
	text, _, _ := strings.Cut(source, "*/")
	return text
}

// A section is a part of the manual that the program generates.
type section struct{ heading, lines string }

// Section replaces the lines of the manual's section with this heading.
func (f *Flags) Section(heading, lines string) {
	f.sections = append(f.sections, section{heading, lines})
}

// help returns the manual, with the section Flags generated from the flags' definitions, and
// those of [Flags.Section]. (The source also has these sections, for go doc; a test keeps them
// up to date.)
func (f *Flags) help() string {
	text := section{"Flags", f.usage()}.replaceIn(f.manual)
	for _, s := range f.sections {
		text = s.replaceIn(text)
	}
	return text
}

// summary returns what -h prints on one screen: the manual's first line, its usage, and the flags.
func (f *Flags) summary() string {
	first, _, _ := strings.Cut(f.manual, "\n")
	_, usage, _ := strings.Cut(f.manual, "\nUsage:\n\n")
	usage, _, _ = strings.Cut(usage, "\n\n")
	more := f.set.Name() + " -help prints the manual"
	for _, s := range f.sections {
		more += ", which also has " + strings.ToLower(s.heading)
	}
	return first + "\n\n" + usage + "\n\n" + f.usage() + "\n" + more + "\n"
}

// replaceIn returns a manual with this section in place of the one with the same heading.
// A section ends at an empty line.
func (s section) replaceIn(manual string) string {
	heading := "\n" + s.heading + ":\n\n"
	before, rest, found := strings.Cut(manual, heading)
	if !found {
		return manual
	}
	_, after, more := strings.Cut(rest, "\n\n")
	if more {
		after = "\n" + after
	}
	var lines strings.Builder
	for line := range strings.Lines(s.lines) {
		lines.WriteString("\t" + line)
	}
	return before + heading + lines.String() + after
}

// usage returns a line for each flag: its name, its value's name, its usage and its default.
func (f *Flags) usage() string {
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
	lines = append(lines, line{"-h, -help", "print usage and flags, or the manual"})
	add(f.set.Lookup("version"))
	width := 0
	for _, l := range lines {
		width = max(width, utf8.RuneCountInString(l.name))
	}
	var text strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&text, "%-*s   %s\n", width, l.name, l.usage)
	}
	return text.String()
}
