"""console - dabyl-web beside a node, and a browser of our own in front of it."""

import http.client
import json
import os
import shlex
import ssl
import subprocess

from commands import TOP
from processes import Process, free_port, until


class Answer:
    def __init__(self, response):
        self.status, self.headers = response.status, response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The word of an error, or ''."""
        try:
            return self.json["error"]["code"]
        except (ValueError, KeyError, TypeError):
            return ""


class Browser:
    """One officer at a browser: cookie or certificate, token, and the headers that browsers send."""

    def __init__(self, console, officer=None, certificate=None):
        self.console, self.cookie, self.token = console, None, None
        self.tls = console.tls_context(certificate) if console.tls else None
        if officer:
            self.enter(console.link(officer))
        elif certificate and (me := self.get("/api/me")).status == 200:
            self.token = me.json["token"]

    def connection(self):
        if self.tls:
            return http.client.HTTPSConnection(
                "127.0.0.1", self.console.port, timeout=60, context=self.tls
            )
        return http.client.HTTPConnection("127.0.0.1", self.console.port, timeout=60)

    def headers(self, method):
        own = {"Host": self.console.host}
        if self.cookie:
            own["Cookie"] = self.cookie
        if method not in ("GET", "HEAD"):
            own["Origin"] = f"{self.console.scheme}://{self.console.host}"
            own["Sec-Fetch-Site"] = "same-origin"
            if self.token:
                own["X-Dabyl-Token"] = self.token
        return own

    def ask(self, method, target, body=None, headers=None):
        """One request on a connection of its own; `headers` of None are left out."""
        own = {**self.headers(method), **(headers or {})}
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        if body is not None or method in ("POST", "PUT"):
            own.setdefault("Content-Length", str(len(body or b"")))
        connection = self.connection()
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in own.items():
                if value is not None:
                    connection.putheader(name, value)
            connection.endheaders(body)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def get(self, target, **headers):
        return self.ask("GET", target, headers=headers)

    def enter(self, link):
        answer = self.get(link[link.index("/enter") :])
        if answer.status == 200:
            self.cookie = answer.headers["Set-Cookie"].split(";")[0]
            self.token = self.get("/api/me").json["token"]
        return answer

    def stream(self):
        """An event stream that is open, as (connection, response)."""
        connection = self.connection()
        connection.request("GET", "/api/events", headers=self.headers("GET"))
        return connection, connection.getresponse()


def events(response):
    """(event, data) of a stream, one after the other; heartbeats are left out."""
    event = data = None
    for line in iter(response.readline, b""):
        line = line.decode().rstrip("\n")
        if line.startswith("event: "):
            event = line[7:]
        elif line.startswith("data: "):
            data = json.loads(line[6:])
        elif not line and event:
            yield event, data
            event = data = None


class Console:
    def __init__(self, world, node, settings="", tls=False):
        self.world, self.node, self.tls = world, node, tls
        self.scheme = "https" if tls else "http"
        self.port = free_port()
        self.host = f"127.0.0.1:{self.port}"
        self.conf = node.path("web.conf")
        with open(self.conf, "w", encoding="utf-8") as file:
            file.write(f'listen = "{self.host}";\n{settings}')
            if tls:
                self.certify()
                file.write('\ntls = { certificate = "web.pem"; key = "web.key"; };\n')
        self.process = Process(
            f"web-{node.name}", [world.program("dabyl-web"), self.conf], node.folder + "-web.log"
        )

    def certify(self):
        """A certificate that the server signs itself, by the command of dabyl-web(8)."""
        with open(os.path.join(TOP, "man", "dabyl-web.8"), encoding="utf-8") as page:
            text = page.read()
        command = text[text.index("openssl req") : text.index("\n$ chmod 600 web.key")]
        for said, meant in (
            ("\\e\n", ""),
            ("DNS:console.example", "IP:127.0.0.1"),
            ("web.key", self.node.path("web.key")),
            ("web.pem", self.node.path("web.pem")),
        ):
            command = command.replace(said, meant)
        subprocess.run(shlex.split(command), check=True, capture_output=True)
        os.chmod(self.node.path("web.key"), 0o600)

    def tls_context(self, certificate=None):
        context = ssl.create_default_context(cafile=self.node.path("web.pem"))
        if certificate:
            context.load_cert_chain(certificate)
        return context

    def certificate(self, officer, *more):
        """What `dabyl ca browser` issues for an officer, as PEM with its key; the path."""
        out, pem = self.world.path(f"{officer}.p12"), self.world.path(f"{officer}-browser.pem")
        text = self.world.run(
            "ca", "browser", "--ca", self.world.path("ca"), officer, "--out", out, "--json", *more
        )
        secret = json.loads(text)["passphrase"]
        subprocess.run(
            ["openssl", "pkcs12", "-in", out, "-out", pem, "-nodes", "-passin", f"pass:{secret}"],
            check=True,
            capture_output=True,
        )
        return pem

    def start(self):
        self.world.begin(self.process)
        self.process.says("web.ready")
        return self

    def link(self, officer):
        text = self.world.run(
            "--json", "--node", self.node.folder, "web", "--officer", officer
        )
        return json.loads(text)["link"]

    def browser(self, officer="duty"):
        return Browser(self, officer)

    def status(self):
        text = self.world.run("--json", "--node", self.node.folder, "web", "--status")
        return json.loads(text)

    def until(self, what, condition):
        return until(lambda: condition(self.status()), what)
