//go:build linux

package main

func (r *results) insertInto(readme, dir string) error { return nil }
