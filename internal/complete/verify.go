package complete

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"

	"matpool/internal/base/text"
	"matpool/internal/cli"
	"matpool/internal/status"
	"matpool/internal/submit"
	"matpool/internal/verify"
	"matpool/internal/watch"
)

// Verify has a sample of a run's outputs made again on other machines of the pool than those that made them, follows the
// jobs until they are done, and says what they found. Without HTCondor, it makes the sample again on this machine.
// The error has status Data if machines make different bits, or if an output can't be verified.
func Verify(ctx context.Context, v submit.Verification, stdout, stderr io.Writer) error {
	messages, problems := stdout, stdout
	if v.Quiet {
		messages, problems = io.Discard, stderr
	}
	_, err := exec.LookPath("condor_submit")
	if err != nil && !v.Local {
		fmt.Fprintln(messages, "condor_submit is not in PATH, so the sample is made again here, as with matprod -verify")
	}
	if err != nil || v.Local {
		return verify.Run(ctx, verify.Options{File: v.File, Overrides: v.Overrides, Sample: v.Sample, Seed: v.Seed,
			Threads: cli.DefaultThreads(), Program: "matsubmit " + v.Version, Quiet: v.Quiet}, stdout, stderr)
	}
	for {
		inQueue, err := v.Next(ctx, messages, stderr)
		if err != nil {
			return err
		}
		if !inQueue {
			return conclude(&v, stdout)
		}
		err = watch.Follow(ctx, watch.Options{Logs: []string{v.Log()}, Identity: v.Identity(), Wait: true, Quiet: v.Quiet}, problems)
		if status.Of(err) == status.Unfinished {
			return status.UnfinishedError(err, "fix the cause; then the same command continues")
		}
		if err != nil {
			return err
		}
	}
}

// conclude prints the verdicts, and returns the error for what is not confirmed.
func conclude(v *submit.Verification, stdout io.Writer) error {
	var errs []string
	var unverified []string
	for _, d := range v.Verdicts {
		line, confirmed := verdict(d)
		if d.Reason != "" {
			unverified = append(unverified, d.Name)
		} else if !confirmed {
			errs = append(errs, line)
		}
		if confirmed && v.Quiet {
			continue
		}
		if _, err := fmt.Fprintln(stdout, text.Plain(line)); err != nil {
			return err
		}
	}
	of := text.Count(len(v.Verdicts), "output")
	switch {
	case len(errs) > 0:
		hint := "a third machine of the pool would decide, or matprod -verify on this one"
		if len(v.Contradicted) > 0 {
			hint = fmt.Sprintf("matsubmit %s -resubmit makes them again elsewhere: %s", v.File, text.First(v.Doubtful, ", "))
			if len(v.Doubtful) == 0 {
				hint = "no output that is here was made there"
			}
			return status.DataError(fmt.Errorf("%s: %s of %s contradicted; %s: other machines contradict what was made there",
				v.File, text.Number(len(errs)), of, strings.Join(v.Contradicted, ", ")), hint)
		}
		return status.DataError(fmt.Errorf("%s: machines make different bits of %s of %s", v.File, text.Number(len(errs)), of), hint)
	case len(unverified) > 0:
		return status.DataError(fmt.Errorf("%s: %s of %s can't be verified: %s", v.File, text.Number(len(unverified)), of, text.First(unverified, ", ")),
			"matsubmit "+v.File+" -resubmit makes them again")
	}
	return nil
}

// verdict describes what is known of an output, and reports whether all machines that made it made the same bits.
func verdict(d submit.Verdict) (line string, confirmed bool) {
	if d.Reason != "" {
		return d.Name + ": " + d.Reason, false
	}
	right, decided := d.Vote.Decided()
	others := slices.DeleteFunc(slices.Clone(d.Vote[d.Hash]), func(name string) bool { return name == d.Maker })
	wrong := d.Vote.Without(right)
	switch {
	case !decided:
		return fmt.Sprintf("%s: not confirmed: %s make different bits", d.Name, strings.Join(d.Vote.Machines(), ", ")), false
	case right != d.Hash:
		return fmt.Sprintf("%s: contradicted by %s; was made on %s by %s", d.Name, strings.Join(d.Vote[right], " and "), d.Maker, d.By), false
	case len(wrong) > 0:
		return fmt.Sprintf("%s: confirmed by %s, but %s made other bits; was made on %s", d.Name, strings.Join(others, " and "), strings.Join(wrong, ", "), d.Maker), false
	}
	return fmt.Sprintf("%s: confirmed by %s; was made on %s by %s", d.Name, strings.Join(others, " and "), d.Maker, d.By), true
}
