package main

import (
	"context"
	_ "embed"
	"io"
	"os"
	"path/filepath"
	"strings"

	"matpool/condor/jobfile"
	"matpool/internal/cli"
	"matpool/internal/complete"
	"matpool/internal/request"
	"matpool/internal/submit"
	"matpool/internal/verify"
)

//go:embed doc.go
var source string

func main() { cli.Main("matsubmit", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := cli.NewFlags("matsubmit", source)
	var o complete.Options
	flags.BoolVar(&o.WriteOnly, "N", "write the submit description, submit nothing")
	flags.BoolVar(&o.WriteOnly, "dry_run", "the same")
	output := flags.Path("o", "", "write it to `FILE`, not to FILE.sub; \"-\" prints it, and submits nothing")
	flags.BoolVar(&o.Force, "force", "make everything again: replace existing outputs")
	flags.BoolVar(&o.Resubmit, "resubmit", "submit only what is missing")
	whole := flags.Bool("run", "submit, follow the jobs, add up what they made and print the norm; the same call continues after an interruption")
	flags.BoolVar(&o.Serial, "serial", "with -run: compare the norm with that of a serial run here, however long it takes")
	flags.BoolVar(&o.DAG, "dag", "submit a DAG, which adds the products at the end")
	flags.BoolVar(&o.Try, "try", "run the first job here, without HTCondor; its outputs go to FILE.try")
	flags.BoolVar(&o.Local, "local", "run all jobs here, without HTCondor")
	var v submit.Verification
	flags.Func("verify", "make a random sample of the run's outputs again on other machines: `N` of them, or N%; compare the bits", func(s string) (err error) {
		v.Sample, err = verify.ParseSample(s)
		return err
	})
	flags.Func("verify_seed", "with -verify: the seed `S` of the sample (random)", func(s string) error {
		v.Seed = s
		return nil
	})
	flags.BoolVar(&o.Quiet, "quiet", "suppress the time estimate; with -try and -local, print only problems; with -run, these and the norm; with -verify, what is not confirmed")
	flags.Section("Attributes", jobfile.AttributesHelp())
	request.DefineOverrides(flags, args, &o.Overrides)
	names, done, err := flags.Parse(args, stdout)
	if done || err != nil {
		return err
	}
	cli.ManyFiles()
	switch {
	case len(names) > 1 && strings.Contains(names[1], "="):
		return flags.Misused("%s: an attribute on the command line begins with a dash: -%[1]s", names[1])
	case len(names) != 1:
		return flags.Misused("name one simplified submission file, not %d", len(names))
	case *whole && (o.Try || o.Resubmit || o.WriteOnly || *output != ""):
		return flags.Misused("-run can't be combined with -try, -resubmit, -N or -o: it submits what is missing, and follows it")
	case flags.Given("verify") && (*whole || o.Try || o.Resubmit || o.Force || o.DAG || o.WriteOnly || *output != ""):
		return flags.Misused("-verify can be combined only with -local and -quiet: it makes outputs again that exist")
	case flags.Given("verify_seed") && !flags.Given("verify"):
		return flags.Misused("-verify_seed requires -verify")
	case o.Serial && !*whole:
		return flags.Misused("-serial requires -run; matprod -serial %s does it alone", names[0])
	case o.Force && o.Resubmit:
		return flags.Misused("-force makes everything again, -resubmit only what is missing: use one of them")
	case o.DAG && o.Resubmit:
		return flags.Misused("-resubmit does not work with -dag: condor_submit_dag %s.dag continues where the DAG stopped", names[0])
	case o.Try && o.Local:
		return flags.Misused("-try runs one job, -local all of them: use one of them")
	case (o.Try || o.Local) && (o.WriteOnly || *output != ""):
		return flags.Misused("-try and -local run jobs, and write no submit description: they do not work with -N and -o")
	case (o.Try || o.Local) && o.DAG:
		return flags.Misused("-dag is for HTCondor: run matcombine when -local is done")
	case o.DAG && *output != "":
		return flags.Misused("-dag writes several files, named after the submission file: it does not work with -o")
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	o.File, o.Output, o.Programs, o.Version = names[0], *output, filepath.Dir(program), cli.Version()
	if flags.Given("verify") {
		if v.Options = o.Options; v.Seed == "" {
			v.Seed = verify.NewSeed()
		}
		return complete.Verify(ctx, v, stdout, stderr)
	}
	if *whole {
		return complete.Run(ctx, o, stdout, stderr)
	}
	_, err = submit.Run(ctx, o.Options, stdout, stderr)
	return err
}
