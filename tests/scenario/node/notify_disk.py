#!tests/run
"""Goal: that the node's disk is nearly full is told from a real small disk, once, even when nothing can be written any more."""

import os
import subprocess

import tap
from processes import Process, until
from world import World

MEGABYTE = 1 << 20
# The node's folder on a disk of 8 MB, which only what runs in here sees; others reach it by /proc/PID/root.
SMALL = """
mount -t tmpfs -o size=8m,mode=0700 tmpfs "$2"
cp -a "$1/." "$2/"
node=$2
shift 2
cd / && exec "$@" --node "$node" notify run
"""


def may_mount():
    words = ["unshare", *ROOT, "--mount", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


ROOT = [] if os.getuid() == 0 else ["--user", "--map-root-user"]

with World(__doc__, cast=("nccis", "isoc-energy")) as world:
    if not may_mount():
        tap.skip("a disk that is nearly full", "no disk of our own can be mounted here")
        raise SystemExit(0)
    world.start("isoc-energy")
    node, told = world.node("nccis"), world.path("told")
    with open(world.path("sms"), "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\n{{ printf "%s\\n" "$1"; cat; }} > {told}.new\nmv {told}.new {told}.$(date +%s%N)\n')
    os.chmod(world.path("sms"), 0o755)
    with open(node.path("notify.conf"), "w", encoding="utf-8") as file:
        file.write(
            f"""
            recipients = ({{ name = "duty"; command = "{world.path("sms")}"; }});
            alarms = ({{ on = "disk"; tell = ["duty"]; }});
            disk_percent = 25;
            """
        )
    os.rename(node.folder, node.folder + ".kept")
    os.mkdir(node.folder)
    notifier = Process(
        "notify",
        ["unshare", *ROOT, "--mount", "sh", "-euc", SMALL, "sh", node.folder + ".kept", node.folder, world.program("dabyl")],
        world.path("notify.log"),
    )

    def texts():
        names = sorted(name for name in os.listdir(world.folder) if name.startswith("told.") and name != "told.new")
        return [open(world.path(name), encoding="utf-8").read() for name in names]

    def disk():
        return f"/proc/{notifier.pid}/root{node.folder}"

    def leave(free):
        """So much of the disk is free afterwards."""
        with open(os.path.join(disk(), "ballast"), "wb") as file:
            now = os.statvfs(disk())
            os.posix_fallocate(file.fileno(), 0, max(1, now.f_bavail * now.f_frsize - free))

    world.begin(notifier)
    notifier.says("notify.ready")
    leave(MEGABYTE)
    (text,) = until(texts, "word of the disk")
    tap.ok("disk of the node is full, or nearly" in text and "nccis" in text and "second time" not in text, "it is told", text)
    until(lambda: os.path.exists(os.path.join(disk(), "notices", "disk.json")), "its file")
    leave(3 * MEGABYTE)
    until(lambda: notifier.text().count("notice.ends") == 1, "the notice to end")
    until(lambda: not os.path.exists(os.path.join(disk(), "notices", "disk.json")), "its file to go")
    tap.equal(len(texts()), 1, "and it was told once")

    # --- at once full: it cannot be written down, and is told ---
    leave(0)
    until(lambda: len(texts()) == 2, "word of the disk that is full")
    tap.ok("notice.unkept" in notifier.text(), "nothing can be written any more")
    tap.ok("second time" in texts()[-1], "and people are told, with a word that it may come again", texts()[-1])
    until(lambda: notifier.text().count("notice.told") == 2, "it to be told")
    tap.ok("notice.kept" not in notifier.text(), "a disk that is full is not called mended")
    os.unlink(os.path.join(disk(), "ballast"))
    until(lambda: notifier.text().count("notice.ends") == 2, "the notice to end")
    until(lambda: "notice.kept" in notifier.text(), "what was wrong to be mended")
    tap.equal(len(texts()), 2, "once again")
    tap.equal(notifier.stop(), 0, "it ends when it is asked to")
    os.rmdir(node.folder)
    os.rename(node.folder + ".kept", node.folder)
