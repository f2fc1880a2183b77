#!tests/run
"""Goal: the console says what was erased by law, with its text here and without."""

import signal

import client
import tap
from console import Console
from processes import until
from world import World

SECRET = "words-that-have-to-go"

with World(__doc__, ("nccis", "isoc-energy")) as world:
    world.start()
    author, desk = world.node("nccis"), world.node("isoc-energy")
    letter = client.advisory("nccis", summary={"en": SECRET}, body={"actions": [SECRET]})
    author.drop(letter)
    desk.has_received(1)
    browser = Console(world, desk).start().browser("aigul")

    def row():
        (one,) = browser.get("/api/messages?box=inbox").json["messages"]
        return one

    def whole():
        return browser.get("/api/messages/" + letter["id"])

    tap.equal((row()["erased"], SECRET.encode() in whole().body), (None, True), "nothing is said of it at first")
    look = ("hub", "erase", letter["id"], "--look", "--hub", world.hub.folder)
    until(lambda: world.run(*look, code=None)[0] == 0, "signed for")
    world.run("hub", "erase", letter["id"], "--reason", "a court", "--hub", world.hub.folder, "--as", "aigul")
    desk.process.signal(signal.SIGHUP)
    desk.process.says("message.erased author=nccis")
    one = row()["erased"]
    tap.equal((one["here"], whole().json["erased"] == one), (True, True), "it is marked, and its text is here")
    world.run("erase", letter["id"], "--node", desk.folder)
    until(lambda: not row()["erased"]["here"], "the list knows that it is gone")
    message = whole()
    tap.ok(SECRET.encode() not in message.body, "the message whole has no word of it")
    tap.equal(
        (message.json["text"], message.json["number"], message.json["proof"]["good"]), (None, 1, True), "and its proof is good"
    )
    found = until(lambda: browser.get("/api/messages?q=" + SECRET).json.get("total") == 0, "no word of it is found")
    tap.ok(found, "no word of it is found")
    tap.equal(browser.get(f"/api/messages/{letter['id']}/files.tar").status, 200, "what is left can be downloaded")
