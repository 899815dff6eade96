#!/bin/sh
# Runs each fuzz target of the module for FUZZTIME, 1m if not given, and says how many inputs each has had, and how
# many in a second; fewer than 1000 are remarked upon. Minimizing an input is cut short: with large inputs it would take
# all the time. PARALLEL is the number of processes.
set -u
time=${FUZZTIME:-1m}
status=0
cd "$(dirname "$0")/.." || exit 1
for package in $(go list ./...); do
	targets=$(go test -list '^Fuzz' "$package" | grep '^Fuzz') || continue
	for target in $targets; do
		if output=$(go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 1x -parallel "${PARALLEL:-2}" "$package" 2>&1); then
			printf '%-45s %s\n' "$package $target" "$(printf '%s\n' "$output" | awk '
				/^fuzz: elapsed: .*execs: / {
					match($0, /execs: [0-9]+/); inputs = substr($0, RSTART + 7, RLENGTH - 7)
					match($0, /elapsed: [0-9hms]+/); split(substr($0, RSTART + 9, RLENGTH - 9), part, /[hms]/)
					seconds = 0; unit = substr($0, RSTART + 9, RLENGTH - 9)
					if (unit ~ /h/) seconds = 3600 * part[1] + 60 * part[2] + part[3]
					else if (unit ~ /m/) seconds = 60 * part[1] + part[2]
					else seconds = part[1]
				}
				END { rate = inputs / (seconds ? seconds : 1); printf "%10d inputs %8d/s%s", inputs, rate, rate < 1000 ? "  slow" : "" }')"
		else
			printf '%s %s FAILED\n%s\n' "$package" "$target" "$output"
			status=1
		fi
	done
done
exit $status
