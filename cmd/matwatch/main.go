package main

import (
	"context"
	_ "embed"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"matpool/condor"
	"matpool/internal/cli"
	"matpool/internal/request"
	"matpool/internal/watch"
	"matpool/internal/watch/page"
	"matpool/internal/watch/timeline"
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
	flags.Func("timeout", "stop after a `TIME`, such as 90s, 10m or 2h", func(text string) (err error) {
		if timeout, err = time.ParseDuration(text); err != nil || timeout <= 0 {
			return errors.New("it must be a time, such as 90s, 10m or 2h")
		}
		return nil
	})
	wait := flags.Bool("wait", "wait for a log that does not exist yet")
	asText := flags.Bool("report", "print a report")
	asCSV := flags.Bool("csv", "print a table with a line for each attempt of each job")
	asJSON := flags.Bool("json", "print the report and all attempts as one JSON object")
	picture := flags.Path("plot", "", "draw a timeline of the slots; `FILE` ends in .svg or .png")
	html := flags.Path("html", "", "write a page about the run, for a browser; `FILE` ends in .html")
	check := flags.Bool("check", "compare the files of a folder with their records; of two folders, with each other")
	flags.Bool("quiet", "has no effect; all programs accept it")
	var overrides []condor.Setting
	request.DefineOverrides(flags, args, &overrides)
	names, done, err := flags.Parse(args, stdout)
	if done || err != nil {
		return err
	}
	cli.ManyFiles()
	if *check {
		for _, name := range []string{"cluster", "timeout", "wait", "report", "csv", "json", "plot", "html"} {
			if flags.Given(name) {
				return flags.Misused("-check can't be combined with -%s: it reads no log", name)
			}
		}
		if len(names) > 2 {
			return flags.Misused("-check compares the files of one folder with their records, or of two with each other, not of %d", len(names))
		}
		return watch.Check(ctx, stdout, append(names, ".")[:max(1, len(names))]...)
	}
	if len(names) == 0 {
		return flags.Misused("name the submission file, or its event log, the file in its line log = NAME")
	}
	if names, err = request.Logs(names, overrides...); err != nil {
		return err
	}
	var forms []watch.Form
	for _, form := range []struct {
		given bool
		watch.Form
	}{{*asText, watch.Text}, {*asCSV, watch.CSV}, {*asJSON, watch.JSON}} {
		if form.given {
			forms = append(forms, form.Form)
		}
	}
	if len(forms) > 1 {
		return flags.Misused("use only one of -report, -csv and -json")
	}
	report := watch.ReportOptions{Logs: names, Clusters: clusters, Form: append(forms, watch.None)[0]}
	if *picture != "" {
		if report.Draw, err = timeline.Drawing(*picture); err != nil {
			return flags.Misused("flag -plot: %v", err)
		}
	}
	if *html != "" {
		if report.Page, err = page.Writing(*html, "matwatch "+cli.Version()); err != nil {
			return flags.Misused("flag -html: %v", err)
		}
	}
	if forms == nil && *picture == "" && *html == "" {
		return watch.Follow(ctx, watch.Options{Logs: names, Clusters: clusters, Wait: *wait, Timeout: timeout}, stdout)
	}
	if *wait || timeout > 0 {
		return flags.Misused("-report, -csv, -json, -plot and -html read the current log: they do not work with -wait or -timeout")
	}
	return watch.Report(ctx, report, stdout)
}

// parseClusters parses numbers separated by commas.
func parseClusters(list string) (clusters []int, err error) {
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 1 {
			return nil, errors.New("it must be a cluster's number, or several separated by commas")
		}
		clusters = append(clusters, n)
	}
	return clusters, nil
}
