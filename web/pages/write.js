// write - what may be written, and one message being written: its form, what would come of
// it, and its draft.

import {get, path, post} from "./api.js";
import {draw, drawQuestions, inputAt, lead, tellRight, tellWrong} from "./form.js";
import {foresee} from "./foresee.js";
import {fresh, keep, unsaved} from "./keep.js";
import {mark} from "./mark.js";
import {address, summary, wrong} from "./parts.js";
import {at, put, written} from "./pointers.js";
import {send} from "./sending.js";
import {foreign, h, moment, name, replace} from "./text.js";
import {meaning, say, sayAs} from "./words.js";

export const title = () => say("Write");

// What there is to write

// What this node writes most stands first; of who has written nothing, what most do.
const USUAL = ["incident.notice", "threat.report", "incident.update", "information.request", "advisory"];

async function usual(kinds) {
  const answer = await get("messages?box=sent&limit=100").catch(() => ({messages: []}));
  const count = Map.groupBy(answer.messages ?? [], (row) => row.kind);
  const often = kinds.filter((one) => count.has(one.kind)).sort((a, b) => count.get(b.kind).length - count.get(a.kind).length).slice(0, 5);
  return often.length >= 3 ? often : [...often, ...kinds.filter((one) => USUAL.includes(one.kind) && !often.includes(one))];
}

const titleOf = (one) => (one.title.context ? sayAs(one.title.context, one.title.text) : one.title.text);

function entry(one, query) {
  return h("li", {}, h("a", {href: `#/write/${one.kind}${query}`, "data-kind": one.kind}, titleOf(one)), " ",
    h("span", {class: "faint"}, one.default ? say("by no paragraph") : [say("paragraph"), " ", one.cites]),
    one.seals ? [" ", h("span", {class: "tag"}, say("sealed by officers"))] : null);
}

async function choose(main, place) {
  const kinds = await get("kinds");
  const first = await usual(kinds);
  const query = place.query.size ? `?${place.query}` : "";
  const rest = kinds.filter((one) => !first.includes(one)).sort((a, b) => titleOf(a).localeCompare(titleOf(b)));
  replace(main, h("h1", {tabindex: "-1"}, title()),
    kinds.some((one) => one.call) ? h("p", {}, h("a", {class: "button first", href: `#/write/call${query}`}, say("Somebody calls: ask and write it down"))) : null,
    h("h2", {}, say("Usual here")), h("ul", {}, first.map((one) => entry(one, query))),
    h("h2", {}, say("Everything else that this node may send")), h("ul", {}, rest.map((one) => entry(one, query))));
}

// One message being written

const ABOUT = {
  re: mark("answers"), incident: mark("belongs to the incident of"), supersedes: mark("corrects"), cancels: mark("withdraws"),
};

function about(document, recent) {
  const lines = Object.keys(ABOUT).filter((field) => document[field]?.id).map((field) => {
    const {author, id} = document[field];
    const row = recent.find((one) => one.from === author && one.id === id);
    return h("li", {}, say(ABOUT[field]), " ", h("a", {href: address({author, id})}, row ? summary(row) : [name(author), " ", name(id)]));
  });
  return lines.length ? h("div", {class: "card"}, h("p", {}, say("This message")), h("ul", {}, lines)) : null;
}

// Practice and what is real must never be taken for each other.
function practice(document) {
  if (document.status === "exercise")
    return h("p", {class: "banner exercise", role: "status"}, h("strong", {}, say("EXERCISE")), " ", foreign(document.exercise ?? ""), ". ",
      say("This message is practice, and goes to who has joined the exercise."));
  if (document.status === "test") return h("p", {class: "banner exercise", role: "status"}, h("strong", {}, say("TEST")), ". ", say("This message is a test."));
  return h("p", {class: "faint", role: "status"}, say("This message is real."));
}

async function helps() {
  const asked = [get("messages?limit=30"), get("messages?box=sent&limit=20"), get("exercises")];
  const [here, gone, exercises] = await Promise.all(asked.map((one) => one.catch(() => ({}))));
  const rows = [...(here.messages ?? []), ...(gone.messages ?? [])];
  const recent = [...new Map(rows.map((row) => [`${row.from}/${row.id}`, row])).values()];
  return {recent, nodes: [...new Set(recent.map((row) => row.from))], exercises: (exercises.exercises ?? []).map((one) => one.exercise ?? one.name)};
}

const datalist = (id, values) => h("datalist", {id}, values.map((value) => h("option", {value})));

function questionOf(place) {
  const asked = new URLSearchParams([...place.query].filter(([key]) => key in ABOUT));
  return asked.size ? `?${asked}` : "";
}

// The draft that is named, with what this window had not saved yet; or a new one.
async function begin(place, answer) {
  const id = place.query.get("draft");
  if (!id) return {id: fresh(), version: 0, kind: answer.kind, note: "", document: answer.document};
  const saved = await get(path("drafts", id)).catch((error) => {
    if (error.status === 404) return null;
    throw error;
  });
  const left = unsaved(id);
  return left ?? saved ?? {id, version: 0, kind: answer.kind, note: "", document: answer.document};
}

function rename(place, id) {
  const query = new URLSearchParams(place.query);
  query.set("draft", id);
  history.replaceState(null, "", `#/write/${place.steps[0]}?${query}`);
}

const ENDS = {
  unsealed: mark("It waits among the held messages for a seal"), held: mark("It is sealed, and waits for another officer"),
  waiting: mark("It goes as soon as the hub is there"), sent: mark("The hub has it"),
};

// The node's word for the field is "field", this server's "pointer".
const refusal = (reason) => ({message: reason.text ?? "", code: reason.code ?? "", pointer: reason.pointer ?? reason.field ?? ""});

class Desk {
  constructor(main, place, me, answer, draft, help) {
    Object.assign(this, {main, place, answer, draft, document: draft.document});
    this.tried = false;
    this.form = {...help, blanks: answer.blanks, parts: answer.parts ?? [], token: me.token, pending: 0,
      get: (pointer) => at(this.document, pointer), set: (pointer, value) => this.set(pointer, value)};
    this.keeper = keep(draft, {read: () => ({document: this.document, note: draft.note ?? ""}), tell: (words) => replace(this.saved, words),
      take: (current) => this.take(current), renamed: (id) => rename(place, id)});
    this.panel = foresee(() => written(this.document), (verdict) => this.heard(verdict),
      (pointer) => lead(inputAt(this.sheet, pointer) ?? this.button));
  }

  set(pointer, value) {
    put(this.document, pointer, value);
    if (["/status", "/exercise"].includes(pointer)) this.showPractice();
    rename(this.place, this.draft.id);
    this.keeper.changed();
    this.panel.ask();
  }

  // What was saved in another window takes the place of what is here.
  take(current) {
    this.document = current.document;
    this.fill();
    this.panel.ask();
  }

  showPractice() {
    replace(this.status, practice(this.document));
    this.sheet.classList.toggle("exercise", this.document.status === "exercise" || this.document.status === "test");
    this.button.textContent = this.document.status === "exercise" ? say("Seal and send in the EXERCISE") : say("Seal and send");
  }

  // A field that nobody has touched is not wrong before its writer tries to send.
  heard(verdict) {
    tellRight(this.sheet);
    if (!verdict || verdict.verdict === "accept") return null;
    const begun = at(this.document, verdict.pointer) !== undefined && typeof at(this.document, verdict.pointer) !== "object";
    return this.tried || begun ? tellWrong(this.sheet, verdict.pointer, `${meaning("refusal", verdict.code)} ${verdict.text}`.trim()) : null;
  }

  fail(error) {
    replace(this.troubles, wrong(error));
    const input = error.pointer ? tellWrong(this.sheet, error.pointer, error.message) : null;
    if (input) lead(input);
    else this.troubles.scrollIntoView({block: "center"});
  }

  // What the hub would refuse is not sealed first.  Officers' seals it has not yet are no
  // reason: they are made next; nor is a hub that does not answer.
  async mayGo(document) {
    this.tried = true;
    const verdict = await post("explain", {document}).catch(() => null);
    if (!verdict || verdict.verdict === "accept" || verdict.code.startsWith("seals.")) return true;
    const input = this.heard(verdict);
    if (input) lead(input);
    else replace(this.troubles, wrong({message: verdict.text, code: verdict.code, pointer: verdict.pointer}));
    return false;
  }

  async send() {
    const document = written(this.document);
    replace(this.troubles);
    if (this.form.pending) {
      replace(this.troubles, h("p", {class: "wrong-text", role: "alert"}, say("A file is still being read or handed in.")));
      return;
    }
    this.button.disabled = true;
    try {
      if (await this.mayGo(document)) await this.seal(document);
    } catch (error) {
      this.fail(error);
    }
    this.button.disabled = false;
  }

  async seal(document) {
    await this.keeper.save();
    const outcome = await send(document, this.troubles);
    if (!outcome) replace(this.troubles, h("p", {role: "status"}, say("It was not sealed: the draft stays.")));
    else if (outcome.state === "refused") this.fail(refusal(outcome.reason ?? {}));
    else await this.gone(outcome);
  }

  async gone(outcome) {
    await this.keeper.done();
    this.panel.stop();
    replace(this.main, h("h1", {tabindex: "-1"}, say(outcome.unsealed ? ENDS.unsealed : ENDS[outcome.state])),
      outcome.receipt ? h("p", {"data-sent": outcome.id}, say("Entry {n} of the log", {n: outcome.receipt.position}), ", ", moment(outcome.receipt.time)) : null,
      outcome.stays ? h("p", {class: "wrong-text"}, foreign(outcome.stays)) : null,
      h("p", {class: "row"}, outcome.state === "sent" ? h("a", {class: "button first", href: address({id: outcome.id})}, say("Open")) : null,
        outcome.state === "held" ? h("a", {class: "button first", href: "#/held"}, say("Held messages")) : null,
        h("a", {class: "button", href: "#/queue"}, say("To the queue"))));
    this.main.querySelector("h1").focus();
  }

  async discard() {
    await this.keeper.done();
    location.hash = "#/drafts";
  }

  fill() {
    const words = (ask) => sayAs(ask.context, ask.text);
    const {questions} = this.answer;
    replace(this.fields, questions ? drawQuestions(this.form, questions, words) : null,
      draw(this.form, questions?.flatMap((question) => question.pointers) ?? []));
    this.showPractice();
  }

  note() {
    return h("div", {class: "field"}, h("label", {for: "draft-note"}, say("Note to yourself, which is not sent")),
      h("input", {type: "text", id: "draft-note", maxlength: "500", value: this.draft.note ?? "", oninput: (event) => {
        this.draft.note = event.target.value;
        rename(this.place, this.draft.id);
        this.keeper.changed();
      }}));
  }

  show() {
    const {answer, form} = this;
    this.status = h("div", {});
    this.fields = h("div", {});
    this.troubles = h("div", {});
    this.saved = h("span", {class: "faint", id: "saved"});
    this.button = h("button", {type: "submit", class: "first", id: "send"});
    this.sheet = h("form", {novalidate: true, class: "sheet"}, this.status, this.fields, this.note(), this.troubles,
      h("div", {class: "row"}, this.button, h("button", {type: "button", onclick: () => this.discard()}, say("Throw the draft away")), this.saved));
    this.sheet.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.fill();
    replace(this.main, h("h1", {tabindex: "-1"}, titleOf(answer)), about(this.document, form.recent),
      h("p", {class: "faint"}, answer.default ? say("by no paragraph") : [say("paragraph"), " ", foreign(answer.cites)],
        answer.seals ? [". ", say("It wants officers' seals.")] : null),
      datalist("known-nodes", form.nodes), datalist("known-exercises", form.exercises),
      h("div", {class: "two"}, this.sheet, this.panel.element));
  }

  leave() {
    this.panel.stop();
    return this.keeper.leave();
  }
}

// What the page before still saves is read only once it is saved.
let leaving = Promise.resolve();

// A file that is dropped beside its place must not take the page's.
const nowhere = (event) => event.preventDefault();

export async function show(main, place, me) {
  if (!place.steps[0]) return choose(main, place);
  await leaving;
  const [answer, help] = await Promise.all([get(`${path("forms", place.steps[0])}${questionOf(place)}`), helps()]);
  const desk = new Desk(main, place, me, answer, await begin(place, answer), help);
  desk.show();
  if (place.query.has("draft") && unsaved(desk.draft.id)) desk.keeper.changed();
  const flush = () => desk.keeper.save();
  const listened = {pagehide: flush, dragover: nowhere, drop: nowhere};
  for (const [what, heard] of Object.entries(listened)) window.addEventListener(what, heard);
  return () => {
    for (const [what, heard] of Object.entries(listened)) window.removeEventListener(what, heard);
    leaving = desk.leave().catch(() => {});
  };
}
