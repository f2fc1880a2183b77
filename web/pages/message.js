// message - one message whole: what it says, who has it and by which paragraph, its proof.

import {get, path, post} from "./api.js";
import {answerMessage} from "./answer.js";
import {attachments} from "./attachments.js";
import {follow} from "./live.js";
import {mark} from "./mark.js";
import {amended, item, kind, level, marking, people, practice, summary} from "./parts.js";
import {foreign, h, moment, name, replace} from "./text.js";
import {pick, say, word} from "./words.js";

export const title = () => say("Message");

function sides(message) {
  const {amended: by} = message;
  return by ? h("p", {class: "banner lost", role: "status"},
    by.state === "withdrawn" ? say("Its author has WITHDRAWN this message.") : say("Its author has CORRECTED this message."), " ",
    amended(message)) : null;
}

// It says what was known before, and what is gone now.
function gone(message) {
  const {erased: by} = message;
  return by ? h("p", {class: "banner lost", role: "status"}, say("This message was ERASED BY LAW at the hub."), " ", moment(by.at), " ",
    by.here ? say("Its text is still here: an administrator takes it away with dabyl erase.") : say("Its text was erased here as well.")) : null;
}

function value(field) {
  const found = field.value;
  if (found === true || found === false) return found ? say("yes") : say("no");
  if (typeof found === "string" && /^\d{4}-\d\d-\d\dT/.test(found)) return moment(found);
  if (found?.author && found?.id) return h("a", {href: `#/message/${found.id}?author=${found.author}`}, name(found.author), " ", name(found.id));
  if (field.said) return [foreign(pick(field.said)), " ", h("span", {class: "faint"}, foreign(String(found)))];
  if (Array.isArray(found)) return foreign(found.map((one) => (typeof one === "object" ? JSON.stringify(one) : one)).join(", "));
  return foreign(typeof found === "object" ? JSON.stringify(found) : String(found));
}

// What everybody's messages have, and is shown elsewhere on this page.
const ENVELOPE = /^\/(dabyl|id|kind|from|sent|nonce|status|marking|level|summary|exercise)(\/|$)/;

const line = (field) => [h("dt", {}, foreign(pick(field.words) || field.pointer)), h("dd", {"data-pointer": field.pointer}, value(field))];

function fields(message) {
  const own = message.fields.filter((field) => field.pointer.startsWith("/body/"));
  const rest = message.fields.filter((field) => !field.pointer.startsWith("/body/") && !ENVELOPE.test(field.pointer));
  return h("section", {"aria-labelledby": "says"}, h("h2", {id: "says"}, say("What it says")), texts(message),
    h("dl", {class: "fields"}, own.map(line)),
    rest.length ? h("details", {}, h("summary", {}, say("What it refers to, and whom it names")), h("dl", {class: "fields"}, rest.map(line))) : null);
}

// The summary in each language that its author wrote.
const texts = (message) => Object.entries(message.summary ?? {}).map(([language, text]) => h("p", {lang: language}, foreign(text)));

const when = (told) => (told === true ? say("yes") : told ? moment(told) : say("no"));

function receivers(message) {
  if (!message.receivers?.length) return null;
  return h("section", {"aria-labelledby": "has"}, h("h2", {id: "has"}, say("Who has it")),
    h("div", {class: "scroll"}, h("table", {},
      h("thead", {}, h("tr", {}, [say("node"), say("by which paragraph"), say("told"), say("stored"), say("answered")].map((words) => h("th", {scope: "col"}, words)))),
      h("tbody", {}, message.receivers.map((one) => h("tr", {"data-node": one.node}, h("th", {scope: "row"}, name(one.node)),
        h("td", {}, foreign(one.cites ?? ""), one.rule ? h("span", {class: "faint"}, " ", foreign(one.rule)) : null),
        h("td", {}, when(one.told)), h("td", {}, when(one.stored)), h("td", {}, one.answer ? [one.answer.word ? word("answer", one.answer.word) : kind(one.answer.kind), " ", moment(one.answer.at)] : say("not yet"))))))));
}

function withheld(told) {
  if (!told) return null;
  const lines = [
    ...(told.withheld ?? []).map((one) => [name(one.node), ": ", say("withheld, by its marking or exercise"), " ", h("code", {}, one.code), " ", foreign(one.cites)]),
    ...(told.absent ?? []).map((one) => [say("nobody has this role:"), " ", foreign(one.role), " ", foreign(one.cites)]),
    ...(told.emits ?? []).map((one) => [say("the hub made:"), " ", kind(one.kind), " ", foreign(one.cites)]),
  ];
  return lines.length ? h("ul", {}, lines.map((line) => h("li", {}, line))) : null;
}

function why(message) {
  const {why: route} = message;
  if (!route) return null;
  return h("p", {}, route.came_with ? say("It came along with message #{n}.", {n: route.came_with})
    : [say("This node has it by paragraph"), " ", foreign(route.cites), h("span", {class: "faint"}, " ", foreign(route.rule))]);
}

function proof(message) {
  const {proof: found} = message;
  return h("section", {"aria-labelledby": "proof"}, h("h2", {id: "proof"}, say("Proof")),
    h("ul", {}, (message.signatures ?? []).map((one) => h("li", {}, say("sealed by"), " ", name(one.name), " ",
      one.role === "officer" ? [say("officer of"), " ", name(one.node), one.office ? [", ", foreign(one.office)] : null] : foreign(one.role ?? "")))),
    found?.good === false ? h("p", {class: "wrong-text", role: "alert"}, say("The proof is NOT good:"), " ", foreign(found.fault)) : null,
    found ? h("p", {}, say("Entry {n} of the log", {n: found.position}), " ", foreign(found.origin), ", ", moment(found.time)) : h("p", {}, say("There is no receipt yet.")),
    h("p", {}, h("span", {class: "faint"}, "SHA-256 "), h("code", {class: "digest"}, message.digest)),
    h("p", {class: "row no-print"}, h("a", {class: "button", href: `/api/${path("messages", message.id)}/files.tar?author=${encodeURIComponent(message.from)}`, download: ""}, say("Download message and proof"))));
}

// By which member of the new message the one shown is named.
const NAMED_BY = {correct: "supersedes", withdraw: "cancels", follow: "incident", share: "incident", answer: "re", delegate: "re"};
const WORDS = {correct: mark("Correct"), withdraw: mark("Withdraw"), share: mark("Share"), delegate: mark("Delegate"), follow: mark("Add to the incident"), answer: mark("Answer with")};

function action(message, one) {
  if (one.act === "answer" && one.words?.length)
    return h("button", {type: "button", class: "first", "data-act": "answer", onclick: () => answerMessage(message, one.words)}, say("Answer"));
  const named = encodeURIComponent(`${message.from}/${message.id}`);
  return h("a", {class: "button", "data-act": one.act, "data-kind": one.kind, href: `#/write/${one.kind}?${NAMED_BY[one.act]}=${named}`},
    say(WORDS[one.act] ?? "Write"), one.act === "correct" || one.act === "withdraw" ? null : [": ", kind(one.kind)]);
}

// What may be done about it: the usual first, the rest behind one word.
function actions(message) {
  const first = message.may.filter((one) => one.act !== "follow" && one.act !== "answer" || one.words?.length);
  const rest = message.may.filter((one) => !first.includes(one));
  return h("div", {class: "no-print"},
    h("div", {class: "row", role: "group", "aria-label": say("What can be done")}, first.map((one) => action(message, one))),
    rest.length ? h("details", {}, h("summary", {}, say("More that can be written about it")),
      h("div", {class: "row"}, rest.map((one) => action(message, one)))) : null);
}

function exact(message) {
  return h("details", {}, h("summary", {}, say("The exact text that is sealed")),
    h("pre", {tabindex: "0", "data-exact": message.id}, message.erased?.here === false ? say("Its text was erased here as well.") : message.text === null ? say("It is no text.") : message.text));
}

function draw(main, message) {
  const thread = message.thread;
  replace(main, h("h1", {tabindex: "-1"}, summary(message)), sides(message), gone(message),
    h("p", {class: "row"}, practice(message), level(message.level), marking(message.marking, true), h("span", {}, kind(message.kind))),
    h("p", {}, say("written by"), " ", name(message.from), ", ", moment(message.sent), message.number ? h("span", {class: "faint"}, ` #${message.number}`) : null),
    thread ? h("p", {}, h("a", {href: `#/incident/${thread.author}/${thread.id}`}, say("The whole incident"))) : null,
    actions(message), people(message.answers, say("answered:")), people(message.opened, say("opened here by:")),
    fields(message), attachments(message),
    h("section", {"aria-labelledby": "why"}, h("h2", {id: "why"}, say("Why, and by which paragraph")), why(message), withheld(message.told)),
    receivers(message),
    message.carried?.length ? h("section", {}, h("h2", {}, say("Older messages that came along")), message.carried.map(item)) : null,
    proof(message), exact(message));
}

export async function show(main, place) {
  const author = place.query.get("author");
  const address = `${path("messages", place.steps[0])}${author ? `?author=${encodeURIComponent(author)}` : ""}`;
  const look = async () => draw(main, await get(address));
  await look();
  // That somebody has read it is kept; that it could not be kept is no reason not to show it.
  post(`${path("messages", place.steps[0])}/opened${author ? `?author=${encodeURIComponent(author)}` : ""}`).catch(() => {});
  return follow(["inbox", "sent"], () => main.querySelector("details[open], dialog[open]") || look());
}
