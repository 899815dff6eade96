package main

import (
	"context"
	_ "embed"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"matpool/internal/cli"
	"matpool/internal/report"
	"matpool/internal/timeline"
	"matpool/internal/watch"
)

//go:embed doc.go
var source string

func main() { cli.Main("matwatch", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := cli.NewFlags("matwatch", source)
	var clusters []int
	flags.Func("cluster", "the jobs of cluster `N`, or of several: N,N,...", func(list string) (err error) {
		clusters, err = parseClusters(list)
		return err
	})
	var timeout time.Duration
	flags.Func("timeout", "stop following after a `TIME`, such as 90s, 10m or 2h", func(text string) (err error) {
		if timeout, err = time.ParseDuration(text); err != nil || timeout <= 0 {
			return errors.New("it must be a time, such as 90s, 10m or 2h")
		}
		return nil
	})
	wait := flags.Bool("wait", "wait for a log that is not there yet")
	asText := flags.Bool("report", "print a report")
	asCSV := flags.Bool("csv", "print a table with a line for each run of each job")
	asJSON := flags.Bool("json", "print the report and all runs as one JSON object")
	picture := flags.Path("plot", "", "draw what each slot did when; `FILE` ends in .svg or .png")
	flags.Bool("quiet", "accepted as by the other programs; changes nothing")
	names, done, err := flags.Parse(args, stdout)
	if done || err != nil {
		return err
	}
	if len(names) == 0 {
		return flags.Misused("name the event log, the file that the line log = NAME of the submission names")
	}
	var write []func(*report.Report) error
	for _, form := range []struct {
		given bool
		print func(*report.Report, io.Writer) error
	}{{*asText, (*report.Report).Print}, {*asCSV, (*report.Report).WriteCSV}, {*asJSON, (*report.Report).WriteJSON}} {
		if form.given {
			write = append(write, func(r *report.Report) error { return form.print(r, stdout) })
		}
	}
	if len(write) > 1 {
		return flags.Misused("of -report, -csv and -json one can be printed")
	}
	if *picture != "" {
		if _, err := timeline.FormatOf(*picture); err != nil {
			return flags.Misused("flag -plot: %v", err)
		}
		write = append(write, func(r *report.Report) error { return timeline.Save(r, *picture) })
	}
	if write == nil {
		return watch.Run(ctx, names, clusters, *wait, timeout, stdout)
	}
	if *wait || timeout > 0 {
		return flags.Misused("-report, -csv, -json and -plot read the log as it stands: they do not go with -wait or -timeout")
	}
	return report.Run(names, clusters, write...)
}

// parseClusters reads numbers with commas between them.
func parseClusters(list string) (clusters []int, err error) {
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 1 {
			return nil, errors.New("it must be a cluster's number, or several with commas between them")
		}
		clusters = append(clusters, n)
	}
	return clusters, nil
}
