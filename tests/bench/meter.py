"""meter - what a process has used so far, by /proc."""

import os


def cpu_us(pid):
    """Processor time of each thread; those of one name together."""
    spent = {}
    tasks = f"/proc/{pid}/task"
    for task in os.listdir(tasks):
        with open(f"{tasks}/{task}/comm", encoding="utf-8") as name, open(
            f"{tasks}/{task}/schedstat", encoding="utf-8"
        ) as times:
            thread = name.read().strip()
            spent[thread] = spent.get(thread, 0) + int(times.read().split()[0]) / 1000
    return spent


def difference(before, after):
    return {thread: us - before.get(thread, 0) for thread, us in after.items()}


def memory_kib(pid, peak=False):
    """Resident; the most it ever was, with `peak`."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("VmHWM" if peak else "VmRSS"):
                return int(line.split()[1])
    return 0
