"""tap - results as the Test Anything Protocol, for prove."""

import sys

done = 0
failed = 0


def ok(good, name, detail=""):
    """One result.  Returns whether it was good."""
    global done, failed
    done += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {done} - {name}")
    if not good:
        for line in str(detail).splitlines():
            print(f"# {line}")
    sys.stdout.flush()
    return good


def equal(got, wanted, name):
    return ok(got == wanted, name, f"got    {got!r}\nwanted {wanted!r}")


def has(text, part, name):
    return ok(part in text, name, f"{part!r} is not in {text!r}")


def note(text):
    for line in str(text).splitlines():
        print(f"# {line}")
    sys.stdout.flush()


def skip(name, reason):
    global done
    done += 1
    print(f"ok {done} - {name} # SKIP {reason}")


def finish():
    """The plan; returns the exit code."""
    print(f"1..{done}")
    return 1 if failed or not done else 0


def skip_all(reason):
    print(f"1..0 # SKIP {reason}")
    sys.exit(0)
