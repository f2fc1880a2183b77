#!tests/run
"""Goal: shells complete commands, options, words and files as the tables of commands have them."""

import os
import shutil
import subprocess
import tempfile

import tap
from commands import Commands

DABYL = Commands.program("dabyl")


def words(*typed):
    done = subprocess.run(
        [DABYL, "completion", "words", "--", *typed], capture_output=True, text=True, check=True, timeout=60
    )
    return [line.split("\t")[0] for line in done.stdout.splitlines()]


def bash(folder, *typed):
    """What bash itself would offer, with the script as it is installed."""
    quoted = " ".join("'" + word + "'" for word in ("dabyl", *typed))
    script = f"""
        source <(dabyl completion bash)
        complete -p dabyl >&2
        COMP_WORDS=({quoted}); COMP_CWORD={len(typed)}
        _dabyl
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(
        ["bash", "--norc", "-c", script], cwd=folder, capture_output=True, text=True, check=False, timeout=60,
        env=dict(os.environ, PATH=os.path.dirname(DABYL) + ":" + os.environ["PATH"]),
    )
    return done.stdout.split("\n")[:-1], done.stderr


top = words("")
tap.ok({"send", "inbox", "hub", "ca", "doctor", "completion"} <= set(top), "commands are offered", top)
tap.equal(words("doc"), ["doctor"], "those that begin so")
tap.equal(words("withd"), ["withdraw"], "and no name that there is not (withdrawal)")
tap.ok({"init", "status", "reload"} <= set(words("hub", "")), "subcommands of the hub", words("hub", ""))
tap.ok({"sign", "revoke", "crl"} <= set(words("ca", "")), "and of the CA", words("ca", ""))
tap.equal(words("ca", "rev"), ["revoke"], "by their beginning")
tap.equal(words("doctor", "--c"), ["--check"], "options of a command")
tap.ok({"--node", "--json", "--help"} <= set(words("doctor", "--")), "and those of all", words("doctor", "--"))
tap.equal(words("--lang", ""), ["kk", "ru", "en"], "words that an option takes")
tap.equal(words("--node", ""), [":dirs"], "a folder where one is taken")
tap.equal(words("--node", "x", "doctor", ""), [":dirs"], "also behind options")
tap.ok("incident.notice" in words("send", "incident.n"), "kinds of messages", words("send", "incident."))
tap.ok(":files" in words("send", ""), "and files", words("send", ""))
tap.equal(words("nonsense", ""), [], "and nothing where nothing is known")

with tempfile.TemporaryDirectory() as folder:
    os.mkdir(os.path.join(folder, "a folder"))
    with open(os.path.join(folder, "notice.json"), "wb"):
        pass
    got, said = bash(folder, "do")
    tap.equal(got, ["doctor"], "bash completes a command")
    tap.has(said, "complete -F _dabyl dabyl", "it is told how")
    got, _ = bash(folder, "send", "not")
    tap.equal(got, ["notice.json"], "a file")
    got, _ = bash(folder, "doctor", "a")
    tap.equal(got, ["a folder"], "and a folder with a blank in its name")
    got, _ = bash(folder, "ca", "sign", "--answ")
    tap.equal(got, ["--answer"], "and an option")
    there = os.path.join(folder, "there")
    for place in ("inbox", "sent"):
        os.makedirs(os.path.join(there, place))
    hub = [DABYL, "hub", "init", there + "/hub", "--origin", "completion.example/log", "--listen", "tcp://127.0.0.1:7600"]
    subprocess.run(hub, check=True, capture_output=True, timeout=60)
    names = ["node.conf", "inbox/000000011-01aa-1.why", "hub/roster/aigul-seal.pem", "hub/roster/knb-seal.pem",
             "hub/roster/knb-channel.pem", "hub/roster/isoc-channel.pem", "sent/01bb-1.json", "sent/01bb-1.seal"]  # fmt: skip
    names += [f"inbox/{number:09d}-01aa-{number}.json" for number in range(9, 200)]
    for name in names:
        with open(os.path.join(there, name), "wb"):
            pass
    ids = words("--node", there, "ack", "")
    tap.equal((ids[:2], len(ids)), (["01aa-199", "01aa-198"], 32), "messages that were delivered, the newest first, and not all")
    tap.equal(words("--node", there, "inbox", "show", "01aa-10")[-1], "01aa-10", "by their beginning, also an old one")
    tap.ok("accepted" in words("--node", there, "ack", "01aa-10", ""), "behind the name what follows it", ids)
    tap.equal(words("--node", there, "withdraw", ""), ["01bb-1"], "of the node's own where it is about these")
    tap.equal(words("hub", "remove", "--hub", there + "/hub", ""), ["knb", "isoc"], "nodes of the roster, and no officers")
    tap.equal(words("hub", "remove", "--hub", there + "/nowhere", ""), [], "and nothing where there is no hub")
    got, _ = bash(os.path.join(there, "hub"), "hub", "renew", "k")
    tap.equal(got, ["knb"], "bash completes a node's name, by the folder where one is")
    got, _ = bash(there, "ack", "01aa-19")
    tap.equal(sorted(got)[-1], "01aa-199", "and a message's")
    for shell, check in (("zsh", "-n"), ("fish", "--no-execute")):
        name = f"{shell} takes its script"
        if not shutil.which(shell):
            tap.skip(name, f"{shell} is not installed")
            continue
        path = os.path.join(folder, shell)
        with open(path, "w", encoding="utf-8") as file:
            subprocess.run([DABYL, "completion", shell], stdout=file, check=True, timeout=60)
        done = subprocess.run([shell, check, path], capture_output=True, text=True, check=False, timeout=60)
        tap.equal((done.returncode, done.stderr), (0, ""), name)
raise SystemExit(tap.finish())
