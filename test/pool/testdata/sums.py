# sums.py LOG prints, as JSON, how many attempts the jobs of a log had, and how many seconds they spent on what, without
# those attempts whose times are out of order by more than a second ("untimed"). "unwaited" attempts begin that much
# before the job began to wait, and the "lost" ones ended by a fault of HTCondor's. Like the programs, it takes an event
# about files that is exactly like an earlier one for a repetition, even if the job has run twice within a second.
import datetime, json, re, sys

ORDER = ["Entered queue to transfer input", "Started transferring input", "Finished transferring input", "executing",
         "Entered queue to transfer output", "Started transferring output", "Finished transferring output", "end"]
NAMES = ["queue", "input", "other", "compute", "queue", "output", "other"]  # from each of these events on
TIMES = ["queue", "input", "other", "compute", "vain", "output"]
sums = dict.fromkeys(["attempts", "untimed", "unwaited", "lost"] + TIMES, 0)
waits = {}  # since when each job waits
seen = set()  # the events about files
current = {}  # the times of each job's attempt, in the order of ORDER

for number, job, date, text in re.findall(r"(?ms)^(\d{3}) \(([\d.]+)\) (\S+ \S+) (.*?)^\.\.\.$", open(sys.argv[1]).read()):
    time = datetime.datetime.fromisoformat(date).timestamp()
    if number == "040":
        if (job, date, text) in seen:
            continue
        seen.add((job, date, text))
        what = next(i for i, name in enumerate(ORDER) if text.startswith(name))
    elif number == "001":
        what = ORDER.index("executing")
    elif number in ("004", "005", "007", "009", "012", "024") and job in current:
        what = ORDER.index("end")
    else:
        if number in ("000", "013"):
            waits[job] = time
        continue
    if job not in current and what >= 4:
        continue  # written after the attempt's end
    times = current.setdefault(job, {})
    sums["lost"] += number in ("007", "024") or what == ORDER.index("executing") and what in times
    times[what] = time
    if ORDER[what] == "end":
        del current[job]
        sums["attempts"] += 1
        good = number == "005" and "Normal termination (return value 0)" in text
        steps = sorted(times)
        latest = times[steps[0]]
        sums["unwaited"] += job in waits and latest < waits[job] - 1
        waits[job] = time
        if any(times[after] < max(times[s] for s in steps if s < after) - 1 for after in steps[1:]):
            sums["untimed"] += 1
            continue
        for step, after in zip(steps, steps[1:]):
            name = "vain" if NAMES[step] == "compute" and not good else NAMES[step]
            sums[name] += max(0, times[after] - latest)
            latest = max(latest, times[after])

sums["all"] = sum(sums[name] for name in TIMES)
json.dump(sums, sys.stdout)
