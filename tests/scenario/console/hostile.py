#!tests/run
"""Goal: whatever is not a plain question of an officer from our own pages is refused: foreign sites and names, smuggled requests, odd paths."""

import socket

import tap
from console import Browser, Console
from world import World

with World(__doc__, ("nccis", "isoc-energy")) as world:
    node = world.node("isoc-energy")
    console = Console(world, node, 'names = [ "console.example" ];\n').start()
    officer = console.browser("daniyar")

    def speak(text):
        """These bytes on a connection of their own; all that comes back until it ends."""
        got = b""
        with socket.create_connection(("127.0.0.1", console.port), timeout=60) as wire:
            try:
                wire.sendall(text if isinstance(text, bytes) else text.encode())
                wire.shutdown(socket.SHUT_WR)
                while block := wire.recv(65536):
                    got += block
            except OSError:
                pass  # what is refused may be ended before all of it was said
        return got

    def raw(line, *headers, body=""):
        own = [f"Host: {console.host}", f"Cookie: {officer.cookie}", *headers]
        return speak("\r\n".join((line, *own, "", body)))

    def status(text):
        return int(text.split(b" ", 2)[1]) if text.startswith(b"HTTP/1.") else None

    tap.equal(status(raw("GET /api/me HTTP/1.1")), 200, "a plain question is answered")

    # --- another site in the officer's browser
    for site in ("cross-site", "same-site"):
        answer = officer.get("/api/me", **{"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "cors"})
        tap.equal((answer.status, answer.code), (403, "site.foreign"), f"a question of another site ({site}) is refused")
    answer = officer.get("/", **{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"})
    tap.equal(answer.status, 200, "a link to the console from elsewhere opens it")
    answer = officer.get("/api/me", **{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"})
    tap.equal(answer.code, "site.foreign", "but not what it answers")
    for origin in ("http://evil.example", "null", f"https://{console.host}", f"http://{console.host}.evil.example", None):
        answer = officer.ask("DELETE", "/api/me", headers={"Origin": origin})
        tap.equal((answer.status, answer.code), (403, "origin.foreign"), f"a change from {origin} is refused")
    for token in (None, "", "0" * 64, officer.token[:-1], officer.token + "0", officer.token.upper() + " "):
        answer = officer.ask("DELETE", "/api/me", headers={"X-Dabyl-Token": token})
        tap.equal((answer.status, answer.code), (403, "token.wrong"), f"a change with the token {token!r:.20} is refused")
    other = console.browser("aigul")
    answer = officer.ask("DELETE", "/api/me", headers={"X-Dabyl-Token": other.token})
    tap.equal(answer.code, "token.wrong", "and with that of another session")
    form = {"Content-Type": "application/x-www-form-urlencoded", "X-Dabyl-Token": None, "Origin": "http://evil.example"}
    tap.equal(officer.ask("POST", "/api/explain", b"document=1", form).status, 403, "another site's form is refused")
    tap.equal(officer.get("/api/me").status, 200, "and the session has not ended by any of them")

    # --- another name for this server (a name that was made to lead here)
    for host in ("evil.example", f"evil.example:{console.port}", "127.0.0.1", "127.0.0.1:1", f"127.0.0.1:{console.port}.evil.example",
                 f"console.example.evil:{console.port}", f"xconsole.example:{console.port}", ""):
        tap.equal(officer.get("/api/me", Host=host).status, 421, f"under the name {host!r} it answers nothing")
    for host in (f"console.example:{console.port}", f"LOCALHOST:{console.port}"):
        tap.equal(officer.get("/api/me", Host=host).status, 200, f"{host} is a name of it")

    # --- cookies
    for cookie in (officer.cookie + "0", officer.cookie[:-1], officer.cookie.upper(), f"{officer.cookie}; {officer.cookie}",
                   "x" + officer.cookie, officer.cookie.split("=")[0] + "=", ";;=;", "=" * 3000):
        answer = officer.get("/api/me", Cookie=cookie)
        tap.equal((answer.status, answer.code), (401, "session.none"), f"the cookie {cookie!r:.24}... is nobody's")
    tap.equal(officer.get("/api/me", Cookie=f"a=b;  {officer.cookie}; c").status, 200, "others beside it do not matter")

    # --- requests that two readers would read differently
    host = f"Host: {console.host}"
    post = "POST /api/explain HTTP/1.1"
    guards = (f"Origin: http://{console.host}", f"X-Dabyl-Token: {officer.token}")
    hidden = "GET /api/me HTTP/1.1\r\nHost: x\r\n\r\n"
    for what, text in (
        ("two hosts", raw("GET /api/me HTTP/1.1", "Host: evil.example")),
        ("two lengths", raw(post, *guards, "Content-Length: 2", "Content-Length: 40", body="{}" + hidden)),
        ("a length and pieces", raw(post, *guards, "Content-Length: 2", "Transfer-Encoding: chunked", body="0\r\n\r\n" + hidden)),
        ("pieces", raw(post, *guards, "Transfer-Encoding: chunked", body="2\r\n{}\r\n0\r\n\r\n")),
        ("odd pieces", raw(post, *guards, "Transfer-Encoding: xchunked", "Content-Length: 2", body="{}")),
        ("a length with a sign", raw(post, *guards, "Content-Length: +2", body="{}")),
        ("a negative length", raw(post, *guards, "Content-Length: -2", body="{}")),
        ("a length in hex", raw(post, *guards, "Content-Length: 0x2", body="{}")),
        ("a length beyond numbers", raw(post, *guards, "Content-Length: 99999999999999999999", body="{}")),
        ("a header folded", raw("GET /api/me HTTP/1.1", "X-A: b\r\n Cookie: x")),
        ("two cookies headers", raw("GET /api/me HTTP/1.1", "Cookie: a=b")),
        ("no host", speak(f"GET /api/me HTTP/1.1\r\nCookie: {officer.cookie}\r\n\r\n")),
        ("another protocol", speak("GET /api/me HTTP/9.1\r\n" + host + "\r\n\r\n")),
        ("a whole address", raw(f"GET http://{console.host}/api/me HTTP/1.1")),
        ("a proxy's method", raw(f"CONNECT {console.host} HTTP/1.1")),
        ("a method of nobody", raw("BREW /api/me HTTP/1.1")),
        ("TRACE", raw("TRACE /api/me HTTP/1.1")),
        ("a zero in the path", raw("GET /api/me\0x HTTP/1.1")),
        ("a zero in a header", raw("GET /api/me HTTP/1.1", "X-A: b\0c")),
        ("no HTTP at all", speak(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200))),
        ("nothing", speak(b"")),
    ):
        # What libmicrohttpd refuses by itself begins twice; it is one answer, and the last.
        answers = len(set(text.split(b"\r\n\r\n")[:-1]) if b" 200 " not in text else text.split(b"HTTP/1.")[1:])
        refused = status(text) != 200 or "zero" in what or "folded" in what  # there one reader's word counts
        tap.ok(refused and answers <= 1, f"{what}: refused, and nothing behind it is read", text)

    # --- paths
    for path in ("/../web.conf", "/..%2fweb.conf", "/%2e%2e/web.conf", "/%2e%2e%2fkeys%2fseal.key", "//etc/passwd", "/./index.html", "/index.html/",
                 "/api/../api/me", "/api//me", "/%00", "/index.html%00.js", "/%", "/%2", "/%zz", "/a%0d%0aSet-Cookie:%20x", "/..\\..\\x",
                 "/%5c..", "/.htaccess", "/web.c", "/" + "a" * 9000, "/" + "a/" * 40, "/%c0%ae%c0%ae/", "/%ff", "/?" + "&".join(f"a{i}=1" for i in range(99)),
                 "/api/words?lang=kk&lang=ru", "/api/words?=x"):
        answer = officer.get(path)
        tap.ok(answer.status in (400, 404, 414, 431), f"{path:.40}: there is no such thing", answer.status)
    answer = officer.get("/api/words?lang=en%0d%0aX-Evil:%201")
    tap.ok(answer.status == 400 and "X-Evil" not in answer.headers, "a line end in a query ends no header")
    tap.equal(officer.get("/api/nothing").code, "absent", "what there is none of is not there")
    tap.equal(officer.ask("PUT", "/api/me", b"").code, "method", "nor another way to ask for what there is")
    tap.equal(Browser(console).get("/api/nothing").code, "session.none", "and who is unknown does not learn which is which")

    # --- sizes
    tap.ok(raw("GET /api/me HTTP/1.1", *(f"X-{i}: {'v' * 900}" for i in range(100))).count(b"200 OK") == 0, "many headers are refused")
    answer = officer.ask("POST", "/api/explain", b"{" + b" " * (6 << 20))
    tap.equal((answer.status, answer.code), (413, "too.large"), "a question that is too large is refused")
    depth = officer.ask("POST", "/api/explain", b'{"document":' + b"[" * 100000 + b"]" * 100000 + b"}")
    tap.equal(depth.status, 400, "so is one that is too deep")
    tap.equal(officer.get("/api/me").status, 200, "after all that it answers a plain question")
