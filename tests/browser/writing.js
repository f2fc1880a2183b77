// writing - one officer writes by the keyboard: what would come of it, two windows, a file,
// a node that stops, a seal.

import {Desk, equal, note, ok, test, world} from "./desk.js";

const OFFICER = "first-isoc-energy", SIZE = 10 * 1024 * 1024;
const panel = "aside.foresee", saved = "#saved", summary = "#blank-summary-ru";

const value = (desk, selector) => desk.page.$eval(selector, (element) => element.value);
const wrong = (desk) => desk.page.$$eval("[aria-invalid=true]", (list) => list.map((one) => one.id));
const draft = (desk) => new URL(desk.page.url()).hash.match(/draft=([0-9a-f-]+)/)?.[1];
const isSaved = (desk) => desk.until(() => document.querySelector("#saved time"));

// The key of this browser is certified like any other.
async function enrol(desk) {
  await desk.go("#/key");
  await desk.press("[data-act=make-key]");
  await desk.there("#certificate");
  const {requests} = await desk.ask("enrolment");
  const certificate = await world.certify(requests[0].file);
  await desk.page.$eval("#certificate", (area, text) => (area.value = text), certificate);
  await desk.press("#certificate ~ *, form button[type=submit]");
  await desk.sees("the browser's key is certified", "main .good");
}

async function fill(desk) {
  await desk.press('main a[data-kind="incident.notice"]');
  await desk.there("#send");
  await desk.drawn();
  await desk.press("#send");
  await desk.until(() => document.activeElement?.id === "blank-summary-ru");
  ok((await wrong(desk)).length === 1, "what is missing is said at its field, and the cursor stands there", await wrong(desk));
  await desk.choose("#blank-body-determination", "confirmed");
  await desk.choose("#blank-body-sector", "power-supply");
  await desk.write(summary, "Две подстанции отключены");
  await desk.page.focus("#blank-body-level");
  await desk.choose("#blank-body-level", "4");
  await desk.write("#blank-body-object", "obj-grid-1");
}

async function foresees(desk) {
  await desk.sees("who would receive it stands beside the form", panel, "owner-grid");
  const text = await desk.text(panel);
  ok(text.includes("nccis") && text.includes("488:8.3"), "and by which paragraph", text);
  equal(await wrong(desk), [], "nothing is wrong any more");
}

async function survives(desk) {
  await isSaved(desk);
  const name = draft(desk);
  await desk.page.reload();
  await desk.there("#send");
  await desk.drawn();
  equal([await value(desk, summary), await value(desk, "#blank-body-level"), draft(desk)], ["Две подстанции отключены", "4", name], "a draft survives a reload");
}

async function twoWindows(desk) {
  const other = await desk.window({language: "ru"});
  await other.there("#send");
  await other.drawn();
  await other.write(summary, "Из второго окна");
  await isSaved(other);
  await desk.page.bringToFront();
  await desk.write(summary, "Из первого окна");
  await desk.there("dialog [data-choice]");
  const text = await desk.text("dialog");
  ok(text.includes("Из второго окна") && text.includes("Из первого окна"), "both texts of a draft in two windows are shown", text);
  equal(await desk.axe(), [], "axe finds nothing in that");
  await desk.press("[data-choice=both]");
  await desk.until((before) => document.querySelector("#saved time") && !location.hash.includes(before), draft(other));
  const drafts = await desk.ask("drafts");
  equal(drafts.map((one) => one.summary.ru).sort(), ["Из второго окна", "Из первого окна"].sort(), "and neither is lost");
  await other.page.close();
}

async function stops(desk) {
  await world.stop();
  await desk.write("#blank-body-object", "obj-grid-1 ");
  await desk.write("#blank-body-object", "obj-grid-1");
  await desk.sees("that nobody can be asked is said", `${panel} code`, "unanswered");
  await desk.press("#send");
  await desk.sees("so is why it cannot be sealed", "form .wrong-text code");
  ok((await desk.ask("drafts")).length === 2, "the draft stays");
  await world.start();
  await desk.sees("and with the node the answer is back", panel, "owner-grid");
}

async function seals(desk) {
  await desk.press("#send");
  await desk.there("dialog [data-act=send]");
  ok((await desk.text("dialog pre")).includes("Из первого окна"), "what is sealed is shown whole");
  await desk.press("dialog [data-act=send]");
  await desk.there("[data-sent]");
  const id = await desk.page.$eval("[data-sent]", (element) => element.dataset.sent);
  equal(await world.sent(1), [id], "the node has its receipt");
  ok((await world.received("nccis", 1)).includes(id), "and it is delivered");
  equal((await desk.ask("drafts")).length, 1, "the draft is gone with it");
  return id;
}

async function files(desk, incident) {
  await desk.go(`#/write/trace.manifest?incident=isoc-energy/${incident}`);
  const input = await desk.page.waitForSelector("#blank-body-traces-0-file");
  await input.uploadFile(await world.evidence("evidence.bin", SIZE), await world.evidence("log.txt", 5));
  await desk.until(() => document.querySelectorAll("[data-handed]").length === 2);
  const digests = await desk.page.$$eval("[data-handed]", (list) => list.map((element) => element.dataset.handed));
  equal(digests, [await world.digest("evidence.bin"), await world.digest("log.txt")], "two files are hashed in the browser, each an item of its own");
  equal(await desk.axe(), [], "axe finds nothing in a form with files");
  await desk.write("#blank-body-custody-holder", "SOC-E");
  await desk.press("#blank-body-custody-since ~ button");
  await desk.press('[data-add="/to"]');
  await desk.page.keyboard.type("nccis");
  await desk.write(summary, "Журналы подстанции");
  await desk.press("#send");
  await desk.sees("and the form goes to its seal", "dialog [data-act=send]");
  await desk.press("dialog [data-act=send]");
  await desk.there("[data-sent]");
  return [await desk.page.$eval("[data-sent]", (element) => element.dataset.sent), digests[0]];
}

// Who receives the message has its files fetched, and saves them.
async function fetches(id, digest) {
  const desk = await Desk.sit("nccis", "aigul", {language: "kk"});
  await desk.go(`#/message/${id}?author=isoc-energy`);
  await desk.press(`[data-fetch="${digest}"]`);
  await desk.there(`[data-file="${digest}"][data-state=fetched] a[download]`);
  const [bytes, name] = await desk.page.$eval(`[data-file="${digest}"] a[download]`, async (link) =>
    [(await (await fetch(link.href)).arrayBuffer()).byteLength, link.getAttribute("download")]);
  equal([bytes, name], [SIZE, "evidence.bin"], "whom it is sent to has the file, by its name");
  equal(await desk.axe(), [], "axe finds nothing in a message with files");
  desk.fine("fetching");
}

// A machine whose clock is an hour off writes the hub's time all the same.
async function clock() {
  const before = () => {
    const real = Date.now;
    Date.now = () => real() + 3600000;
  };
  const desk = await Desk.sit("isoc-energy", OFFICER, {before});
  await desk.go("#/write/incident.notice");
  await desk.press("main details summary");
  await desk.press("#blank-body-detected_at ~ button");
  const [written, {now}] = [await desk.page.$eval("#blank-body-detected_at ~ output time", (time) => time.dateTime), await desk.ask("me")];
  ok(Math.abs(Date.parse(written) - Date.parse(now)) < 1800000, "a browser's clock that is an hour off is not believed", [written, now]);
  desk.fine("the clock");
}

await test(async () => {
  const desk = await Desk.sit("isoc-energy", OFFICER, {language: "ru"});
  await enrol(desk);
  await desk.go("#/write");
  equal(await desk.axe(), [], "axe finds nothing in what may be written");
  await fill(desk);
  await foresees(desk);
  equal(await desk.axe(), [], "axe finds nothing in a form");
  await survives(desk);
  await twoWindows(desk);
  await stops(desk);
  const id = await seals(desk);
  note(`sent ${id}`);
  await fetches(...await files(desk, id));
  await clock();
  desk.fine("writing");
});
