# sums.py LOG prints, as JSON, how many attempts the jobs of a log had, and how many seconds they spent on what.
import datetime, json, re, sys

ORDER = ["Entered queue to transfer input", "Started transferring input", "Finished transferring input", "executing",
         "Entered queue to transfer output", "Started transferring output", "Finished transferring output", "end"]
NAMES = ["queue", "input", "other", "compute", "queue", "output", "other"]  # from each of these events on
sums = dict.fromkeys(["attempts", "queue", "input", "other", "compute", "vain", "output"], 0)
current = {}  # the times of each job's attempt, in the order of ORDER

for number, job, date, text in re.findall(r"(?ms)^(\d{3}) \(([\d.]+)\) (\S+ \S+) (.*?)^\.\.\.$", open(sys.argv[1]).read()):
    time = datetime.datetime.fromisoformat(date).timestamp()
    if number == "040":
        what = next(i for i, name in enumerate(ORDER) if text.startswith(name))
    elif number == "001":
        what = ORDER.index("executing")
    elif number in ("004", "005", "007", "009", "012", "024") and job in current:
        what = ORDER.index("end")
    else:
        continue
    if job not in current and what >= 4:
        continue  # written after the attempt's end
    times = current.setdefault(job, {})
    times[what] = time
    if ORDER[what] == "end":
        del current[job]
        sums["attempts"] += 1
        good = number == "005" and "Normal termination (return value 0)" in text
        steps = sorted(times)
        latest = times[steps[0]]
        for step, after in zip(steps, steps[1:]):
            name = "vain" if NAMES[step] == "compute" and not good else NAMES[step]
            sums[name] += max(0, times[after] - latest)
            latest = max(latest, times[after])

sums["all"] = sum(sums.values()) - sums["attempts"]
json.dump(sums, sys.stdout)
