"""meter - what a process has used so far, by /proc."""

def memory_kib(pid, peak=False):
    """Resident; the most it ever was, with `peak`."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("VmHWM" if peak else "VmRSS"):
                return int(line.split()[1])
    return 0
