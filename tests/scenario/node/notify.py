#!tests/run
"""Goal: what happens at a node leaves by mail, webhook and command, to the next one while nobody answers."""

import base64
import email
import email.header
import http.server
import json
import os
import threading

import client
import tap
from metrics import of_node
from processes import Process, until
from world import World

SCRIPT = """#!/bin/sh
# what it is given goes where the test looks; what to answer stands beside it
dir=$(dirname "$0")
cat > "$dir/.new"
printf '%s\\n' "$*" > "$dir/{name}.arguments"
mv "$dir/.new" "$dir/{name}.$(date +%s%N)"
[ ! -e "$dir/{name}.hangs" ] || {{ sleep 600 & echo $! > "$dir/{name}.sleeps"; wait; }}
[ ! -e "$dir/{name}.fails" ] || {{ echo "no such user here"; exit 67; }}
"""


class Hook(http.server.BaseHTTPRequestHandler):
    """A webhook that answers, refuses or hangs, as it is told."""

    answer, got, let_go = 200, [], threading.Event()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Hook.got.append((self.headers, json.loads(body)))
        if Hook.answer == 0:
            Hook.let_go.wait(120)
            return
        self.send_response(Hook.answer)
        self.end_headers()

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # whoever asked was ended


class Desk:
    """Programs that take notices, and what they took."""

    def __init__(self, world):
        self.folder = world.path("desk")
        os.mkdir(self.folder)

    def program(self, name):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(SCRIPT.format(name=name))
        os.chmod(path, 0o755)
        return path

    def set(self, flag, on=True):
        path = os.path.join(self.folder, flag)
        if on:
            open(path, "w", encoding="utf-8").close()
        else:
            os.unlink(path)

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as file:
            return file.read()

    def took(self, name):
        """What a program was given, the oldest first."""
        names = sorted(
            one for one in os.listdir(self.folder) if one.startswith(name + ".") and one[-1].isdigit()
        )
        return [self.read(one) for one in names]


def subject(text):
    mail = email.message_from_string(text)
    return str(email.header.make_header(email.header.decode_header(mail["Subject"])))


def body(text):
    return email.message_from_string(text).get_payload(decode=True).decode()


with World(__doc__, cast=("nccis", "isoc-energy", "knb", "owner-grid", "mfa")) as world:
    world.start()
    node, desk = world.node("nccis"), Desk(world)
    hook = Server(("127.0.0.1", 0), Hook)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{hook.server_address[1]}/token-of-nobody"
    conf = f"""
        language = "ru"; from = "dabyl@nccis.example"; sendmail = "{desk.program("sendmail")}";
        timeout_seconds = 2; pause_seconds = 1; disconnected_minutes = 0;
        recipients = (
            {{ name = "duty"; mail = "duty@nccis.example"; }},
            {{ name = "chat"; webhook = "{url}"; content = "TLP:GREEN"; }},
            {{ name = "head"; command = "{desk.program("sms")}"; }}
        );
        alarms = (
            {{ on = "message"; level = 4; kinds = ["incident.notice"]; tell = ["chat", "duty"]; }},
            {{ on = "message"; level = 3; kinds = ["incident.notice"]; tell = ["duty", "head"];
               escalate_minutes = 1; }},
            {{ on = "disconnected"; tell = ["head"]; }}
        );
    """

    def write(text):
        with open(node.path("notify.conf"), "w", encoding="utf-8") as file:
            file.write(text)

    def dabyl(*words, code=0):
        return world.run("--node", node.folder, *words, code=code)

    for line, word in (
        ("nonsense = 1;", "nonsense"),
        ('recipients = ({ name = "a"; });', "mail, webhook and command"),
        ('recipients = ({ name = "a/b"; mail = "a@b"; });', "name"),
        ('recipients = ({ name = "a"; webhook = "ftp://b"; });', "webhook"),
        ('recipients = ({ name = "a"; command = "sms"; });', "command"),
        ('recipients = ({ name = "a"; mail = "-oQ@b"; });', "mail"),
        ('recipients = ({ name = "a"; mail = "a@b"; }); alarms = ({ on = "never"; tell = ["a"]; });', "on"),
        ('alarms = ({ on = "disk"; tell = ["b"]; });', "there is no recipient 'b'"),
        ('recipients = ({ name = "a"; mail = "a@b"; content = "all"; });', "content"),
        ("timeout_seconds = 0;", "timeout_seconds"),
        ("", "no alarms"),
    ):
        write(line)
        code, text = world.run("--node", node.folder, "notify", "run", "--check", code=None)
        tap.ok(code == 2 and word in text and "notify.conf" in text, f"{line or 'nothing'} is refused", text)
    write(conf)
    dabyl("notify", "run", "--check")

    notifier = Process(
        "notify", [world.program("dabyl"), "--node", node.folder, "notify", "run"], node.folder + "-notify.log"
    )
    world.begin(notifier)
    notifier.says("notify.ready")
    send = world.node("isoc-energy").drop

    def logged(*parts):
        """A line of its log has all of these."""
        return until(
            lambda: next(
                (
                    line
                    for line in notifier.text().splitlines()
                    if all(part in line for part in parts)
                ),
                None,
            ),
            f"a line with {parts}",
        )

    # --- what is told, and what it says ---
    send(client.notice("isoc-energy", 2))
    send(client.notice("isoc-energy", 4, marking="TLP:AMBER", summary={"en": "Secret words"}))
    (mail,) = until(lambda: desk.took("sendmail"), "a mail")
    until(lambda: notifier.text().count("notice.told") == 2, "both to be told")
    tap.ok("инцидент" in subject(mail) and "4" in subject(mail) and "nccis" in subject(mail),
        "the subject has kind and level in the language", subject(mail))  # fmt: skip
    tap.ok("Secret words" not in body(mail) and "isoc-energy" not in mail + body(mail),
        "and a mail nothing of what the message says", body(mail))  # fmt: skip
    tap.equal(desk.read("sendmail.arguments"), "-i -f dabyl@nccis.example -- duty@nccis.example\n", "sendmail")
    headers, told = Hook.got[0]
    tap.ok(
        len(Hook.got) == 1 and told["level"] == 4 and told["again"] is False and "summary" not in told
        and headers["Idempotency-Key"] == f"{told['id']}.chat.nccis",
        "nor a webhook, of what is above its marking", told,
    )  # fmt: skip
    send(client.notice("isoc-energy", 4, marking="TLP:GREEN", summary={"en": "Plain words"}))
    until(lambda: len(Hook.got) == 2, "the next")
    tap.equal(Hook.got[1][1]["summary"], "Plain words", "what may leave this way does")
    until(lambda: notifier.text().count("notice.told") == 4, "both to be told")
    tap.ok("token-of-nobody" not in notifier.text(), "an address is not logged")
    tap.has(dabyl("notify", "list"), "no notice waits", "nothing waits")

    # --- a disk that takes nothing: nobody is told before it is kept ---
    got, away = len(Hook.got), node.path("no-notices")
    os.rename(node.path("notices"), away)
    send(client.notice("isoc-energy", 4))
    logged("notice.unkept")
    tap.equal(len(Hook.got), got, "nobody is told of what is not kept")
    os.rename(away, node.path("notices"))
    until(lambda: len(Hook.got) == got + 1, "it to be told")
    until(lambda: "no notice waits" in dabyl("notify", "list"), "both to be told")
    tap.equal(Hook.got[-1][1]["again"], False, "and then once")

    # --- a webhook that hangs, a sendmail that fails: the others go on ---
    Hook.answer = 0
    desk.set("sendmail.fails")
    send(client.notice("isoc-energy", 5))
    logged("notice.failed", "to=duty", "exit status 67: no such user here")
    logged("notice.failed", "to=chat")
    now = until(
        lambda: found if (found := of_node(world, "nccis")).one("dabyl_node_notices_waiting") == 2 else None,
        "the node to count them",
    )
    tap.ok(now.one("dabyl_node_notices_oldest_seconds") > 0, "what waits is counted, and grows older")
    before = len(desk.took("sms"))
    world.hub.stop()
    until(lambda: len(desk.took("sms")) > before, "word of the lost hub")
    tap.ok("chat: " in dabyl("notify", "list"), "another way goes on meanwhile, and the list says what waits")
    world.hub.start()

    # --- restart in between: tried again, and it says so ---
    notifier.kill()
    Hook.answer, tried = 200, len(Hook.got)
    Hook.let_go.set()
    desk.set("sendmail.fails", False)
    world.begin(notifier)
    until(lambda: len(Hook.got) > tried, "the webhook to be tried again")
    tap.equal(
        [Hook.got[-1][1][name] for name in ("again", "level")], [True, 5], "after a kill it comes, and says that it may be again"
    )
    until(lambda: "duty: told" in dabyl("notify", "list") or "no notice waits" in dabyl("notify", "list"), "the mail")
    until(lambda: "no notice waits" in dabyl("notify", "list"), "both to be told, and the hub to be back")
    counts = [json.dumps(told["id"]) for _, told in Hook.got if not told["again"]]
    tap.equal(len(counts), len(set(counts)), "nothing comes twice in silence")

    # --- escalation, and its end ---
    alarms = len(desk.took("sms"))
    send(client.notice("isoc-energy", 3))
    notifier.says_again("notice.told", notifier.text().count("notice.told"))
    text = dabyl("notify", "list")
    tap.ok("duty: told" in text and "head: waits" in text, "the next one waits for his turn", text)
    notice = text.split()[0]
    file = node.path("notices", notice + ".json")
    notifier.stop()
    alarm = json.load(open(file, encoding="utf-8"))
    alarm["steps"][1]["due_ms"] -= 60_000  # a minute later
    with open(file, "w", encoding="utf-8") as out:
        json.dump(alarm, out)
    world.begin(notifier)
    until(lambda: len(desk.took("sms")) > alarms, "the next recipient")
    tap.ok("duty" in desk.took("sms")[-1], "he hears who was told before", desk.took("sms")[-1])
    until(lambda: of_node(world, "nccis").one("dabyl_node_notices_escalated") == 1, "it to be counted")
    dabyl("notify", "done", notice)
    logged("notice.answered", notice)
    until(lambda: "no notice waits" in dabyl("notify", "list"), "it to end")
    tap.ok(True, "what is seen to ends")

    send(client.notice("isoc-energy", 3))
    notifier.says_again("notice.told", notifier.text().count("notice.told"))
    sms, number = len(desk.took("sms")), json.load(
        open(node.path("notices", dabyl("notify", "list").split()[0] + ".json"), encoding="utf-8")
    )["number"]
    dabyl("ack", str(number), "read")
    until(lambda: "no notice waits" in dabyl("notify", "list"), "the answer to end it")
    tap.equal(len(desk.took("sms")), sms, "an answer at the node ends it, and nobody else is told")

    code, text = world.run("--node", node.folder, "notify", "run", code=None)
    tap.ok(code == 1 and "notices/lock" in text, "a second one does not start", text)
    tap.equal(notifier.stop(), 0, "it ends when it is asked to")
    hook.shutdown()
