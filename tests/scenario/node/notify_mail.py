#!tests/run
"""Goal: whatever a sendmail program does (refuses, defers, hangs, dies, chatters), each mail is tried until it is taken."""

import email
import json
import os

import client
import tap
from metrics import of_node
from processes import Process, until
from world import World

# As sendmail is called, and answers: by the recipient, the first two times.
SENDMAIL = """#!/bin/sh
[ "$1 $2 $3 $4" = "-i -f dabyl@nccis.example --" ] || { echo "called as $*"; exit 64; }
name=${5%@*}
dir=$(dirname "$0")
case $name in mute) ;; *) cat > "$dir/$name.mail" ;; esac
echo again >> "$dir/$name.times"
[ "$(wc -l < "$dir/$name.times")" -le 2 ] || [ $name = never ] || exit 0
case $name in
tempfail) exit 75 ;;
unavailable) exit 69 ;;
nouser) echo "550 5.1.1 no such user"; exit 67 ;;
slow) sleep 600 & echo $! > "$dir/slow.pid"; wait ;;
dies) kill -9 $$ ;;
chatters) yes "a line of what it is doing, which nobody wants" | head -c 2000000 >&2; echo >&2; echo "451 try later" >&2; exit 75 ;;
binary) printf 'caf\\351 \\033[31m\\001' >&2; exit 70 ;;
child) sleep 600 & echo $! > "$dir/child.pid"; exit 75 ;;
mute) exit 71 ;;
never) exit 77 ;;
esac
"""

SAYS = {
    "tempfail": "exit status 75: not now, later",
    "unavailable": "exit status 69: what it needs is not there",
    "nouser": "exit status 67: 550 5.1.1 no such user",
    "slow": "took too long",
    "dies": "killed by signal 9",
    "chatters": "exit status 75: 451 try later",
    "binary": "exit status 70: caf",
    "child": "exit status 75",
    "mute": "exit status 71: the system fails it",
}


def runs(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


with World(__doc__, cast=("nccis", "isoc-energy")) as world:
    world.start()
    node, desk = world.node("nccis"), world.path("desk")
    os.mkdir(desk)
    sendmail = os.path.join(desk, "sendmail")
    with open(sendmail, "w", encoding="utf-8") as file:
        file.write(SENDMAIL)
    os.chmod(sendmail, 0o755)
    names = [*SAYS, "never"]
    recipients = ", ".join(f'{{ name = "{name}"; mail = "{name}@nccis.example"; }}' for name in names)
    with open(node.path("notify.conf"), "w", encoding="utf-8") as file:
        file.write(
            f"""
            from = "dabyl@nccis.example"; sendmail = "{sendmail}"; timeout_seconds = 5; pause_seconds = 1;
            recipients = ({recipients});
            alarms = ({{ on = "message"; kinds = ["incident.notice"]; tell = [{", ".join(f'"{name}"' for name in names)}]; }});
            """
        )
    notifier = Process(
        "notify", [world.program("dabyl"), "--node", node.folder, "notify", "run"], node.folder + "-notify.log"
    )
    world.begin(notifier)
    notifier.says("notify.ready")
    world.node("isoc-energy").drop(client.notice("isoc-energy", 3))

    def logged(*parts):
        return until(
            lambda: next((line for line in notifier.text().splitlines() if all(part in line for part in parts)), None),
            f"a line with {parts}",
        )

    def read(name):
        with open(os.path.join(desk, name), encoding="utf-8") as file:
            return file.read()

    for name, words in SAYS.items():
        said = [logged("notice.failed", f"to={name} ", f"attempts={n} ", words) for n in (1, 2)]
        tap.ok(all("\x1b" not in line and len(line) < 500 for line in said), f"{name}: its reason is in the log, twice", said)
    for name in SAYS:
        told = logged("notice.told", f"to={name} ", "attempts=3")
        tap.ok(told, f"{name}: is tried until it takes it")
    tap.ok(
        "may come to you a second time" in email.message_from_string(read("tempfail.mail")).get_payload(decode=True).decode(),
        "what is tried again says so",
    )
    for name in ("slow", "child"):
        until(lambda name=name: not runs(int(read(f"{name}.pid"))), f"what {name} left behind to end")
        tap.ok(True, f"{name}: what it left behind is ended")
    rest = sorted(name for name in os.listdir(node.path("notices")) if name not in ("lock", "seen", "status"))
    tap.ok(len(rest) == 1 and rest[0].endswith(".json"), "nothing of what they read or print lies about", rest)

    # --- who never takes it is given up after its time, and that is seen ---
    notifier.stop()
    path = node.path("notices", rest[0])
    with open(path, encoding="utf-8") as file:
        alarm = json.load(file)
    (step,) = [one for one in alarm["steps"] if one["name"] == "never"]
    tap.equal(step["state"], "waits", "who never takes it is tried again")
    step["begun_ms"] -= 6 * 3600 * 1000
    step["due_ms"] = 0
    with open(path, "w", encoding="utf-8") as file:
        json.dump(alarm, file)
    world.begin(notifier)
    tap.ok(logged("notice.given-up", "to=never", "exit status 77: it may not"), "after try_minutes it is given up")
    until(lambda: of_node(world, "nccis").one("dabyl_node_notices_given_up_total") == 1, "the node to count it")
    tap.ok(True, "which the node counts")
    tap.equal(notifier.stop(), 0, "it ends when it is asked to")
