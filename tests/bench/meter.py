"""meter - what a hub has used so far: memory and processor by /proc, and disk by its folders."""

import os

LOOK = 1 << 16


def memory_kib(pid, peak=False):
    """Resident; the most it ever was, with `peak`."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("VmHWM" if peak else "VmRSS"):
                return int(line.split()[1])
    return 0


def cpu_us(pid):
    """Processor time of all threads that there are."""
    tasks, spent = f"/proc/{pid}/task", 0
    for task in os.listdir(tasks):
        with open(f"{tasks}/{task}/schedstat", encoding="utf-8") as times:
            spent += int(times.read().split()[0]) / 1000
    return spent


def written(path):
    """Octets up to the last one that is not zero: of a file that is reserved ahead."""
    with open(path, "rb") as file:
        end = file.seek(0, os.SEEK_END)
        while end > 0:
            begin = max(0, end - LOOK)
            file.seek(begin)
            part = file.read(end - begin).rstrip(b"\0")
            if part:
                return begin + len(part)
            end = begin
    return 0


def disk_bytes(hub):
    """What a hub's folder takes for its entries, without what is reserved ahead."""
    total = 0
    for name in ("journal", "state"):
        for folder, _, files in os.walk(os.path.join(hub, name)):
            for file in files:
                path = os.path.join(folder, file)
                if file.endswith(".seg"):
                    total += written(path)
                elif not file.startswith("."):
                    total += os.stat(path).st_blocks * 512
    return total
