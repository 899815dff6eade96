#!/bin/sh
# Runs each fuzz target of the module for FUZZTIME, 1m if not given, and says how many inputs each has had.
# Minimizing an input is cut short: with large inputs it would take all the time.
set -u
time=${FUZZTIME:-1m}
status=0
cd "$(dirname "$0")/.." || exit 1
for package in $(go list ./...); do
	targets=$(go test -list '^Fuzz' "$package" | grep '^Fuzz') || continue
	for target in $targets; do
		if output=$(go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 1x -parallel "${PARALLEL:-2}" "$package" 2>&1); then
			printf '%-60s %s\n' "$package $target" "$(printf '%s\n' "$output" | sed -n 's/^fuzz: elapsed: .*execs: \([0-9]*\).*/\1 inputs/p' | tail -1)"
		else
			printf '%s %s FAILED\n%s\n' "$package" "$target" "$output"
			status=1
		fi
	done
done
exit $status
