package sum

import (
	"cmp"
	"context"
	"errors"

	"matpool/internal/arrayfile"
	"matpool/internal/base/hash"
	"matpool/internal/record"
	"matpool/npyio"
)

// A RecipeOf returns the recipe of a result, from the family of the products and their numbers, if they are known.
type RecipeOf func(family record.Recipe, products record.Ranges) record.Recipe

// Make makes a result of the terms: pass reads all of them, has each seen, and writes the output if one is asked for. The files are compared
// with their records as soon as all hashes are known: before pass, or after it. The output then gets its name,
// and its record.
func (t *Terms) Make(ctx context.Context, o CombineOptions, also AlsoWrong, recipe RecipeOf, pass func(out *arrayfile.Output) error) error {
	if err := t.judgeAtFirst(ctx, o.Judgment, o.Output, also); err != nil {
		return err
	}
	var out *arrayfile.Output
	if o.Output != "" {
		var err error
		if out, err = arrayfile.Create(o.Output, t.Header); err != nil {
			return err
		}
		defer out.Close()
	}
	t.sums = make([][2]npyio.Checksum, len(t.terms))
	if err := pass(out); err != nil {
		if errors.Is(err, npyio.ErrFormat) { // perhaps not in this file alone
			err = cmp.Or(t.verify(ctx, o.Threads), err)
		}
		return err
	}
	if err := t.finish(ctx); err != nil || out == nil {
		return err
	}
	if t.known != nil {
		arrayfile.Begin(t.known.Recorder, o.Output)
	}
	if err := out.Commit(true); err != nil {
		return err
	}
	return t.record(ctx, o.Output, out.Hash(), recipe)
}

// record adds the record of the output, whose hash may be zero: it is read then.
func (t *Terms) record(ctx context.Context, output string, h hash.Hash, recipe RecipeOf) error {
	k := t.known
	if k == nil {
		return nil
	}
	var made []record.Input
	for i, term := range t.terms {
		made = append(made, record.Input{Name: term.path, Hash: k.files[i].hash})
	}
	if len(k.products) == 0 {
		k.family = record.Recipe{}
	}
	return k.Recorder.Wrote(ctx, output, h, recipe(k.family, k.products), made)
}
