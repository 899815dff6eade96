package main

import (
	"context"
	_ "embed"
	"io"
	"os"
	"path/filepath"

	"matpool/internal/cli"
	"matpool/internal/submit"
)

//go:embed doc.go
var source string

func main() { cli.Main("matsubmit", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := cli.NewFlags("matsubmit", source)
	var o submit.Options
	flags.BoolVar(&o.WriteOnly, "N", "write the submit description, submit nothing")
	flags.BoolVar(&o.WriteOnly, "dry_run", "the same")
	output := flags.Path("o", "", "write it to `FILE`, not to FILE.sub; \"-\" prints it, and submits nothing")
	flags.BoolVar(&o.Force, "force", "make everything again, also what exists, which is removed, or is in the queue")
	flags.BoolVar(&o.Resubmit, "resubmit", "submit what is missing")
	flags.BoolVar(&o.DAG, "dag", "submit a graph, which adds the products up at the end")
	flags.Bool("quiet", "accepted as by the other programs; changes nothing")
	attributeFlags(flags, args, &o.Overrides)
	names, done, err := flags.Parse(args, stdout)
	if done || err != nil {
		return withNearest(flags, err)
	}
	switch {
	case len(names) != 1:
		return flags.Misused("one simplified submission file is named, not %d", len(names))
	case o.Force && o.Resubmit:
		return flags.Misused("-force makes everything again, -resubmit what is missing: they do not go together")
	case o.DAG && o.Resubmit:
		return flags.Misused("-resubmit does not go with -dag: condor_submit_dag %s.dag goes on where the graph has stopped", names[0])
	case o.DAG && *output != "":
		return flags.Misused("-dag writes several files, named after the one that is read: it does not go with -o")
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	o.File, o.Output, o.Programs = names[0], *output, filepath.Dir(program)
	return submit.Run(ctx, o, stdout, stderr)
}
