// answer - the short answers: one word, perhaps a note, sealed by the officer who gives it.

import {get} from "./api.js";
import {wrong} from "./parts.js";
import {send} from "./sending.js";
import {foreign, h, replace} from "./text.js";
import {pick, say, word} from "./words.js";

// What the answer says to who reads only its summary, in all three languages.
const SUMMARIES = {
  read: {kk: "Оқылды", ru: "Прочитано", en: "Read"},
  accepted: {kk: "Қабылданды", ru: "Принято", en: "Accepted"},
  refused: {kk: "Қабылданбады", ru: "Отклонено", en: "Refused"},
  done: {kk: "Орындалды", ru: "Исполнено", en: "Done"},
  "custody-taken": {kk: "Сақтауға қабылданды", ru: "Принято на хранение", en: "Custody taken over"},
  "custody-declined": {kk: "Сақтаудан бас тартылды", ru: "В приёме на хранение отказано", en: "Custody declined"},
};

// An answer is no more public and no more real than what it answers: the form says so.
async function write(message, chosen, note) {
  const form = await get(`forms/acknowledgement?re=${encodeURIComponent(`${message.from}/${message.id}`)}`);
  const document = {...form.document, summary: SUMMARIES[chosen], body: {...form.document.body, answer: chosen}};
  if (note) document.body.note = note;
  // Only those named may have a TLP:RED message.
  if (document.marking === "TLP:RED") document.to = [message.from];
  return document;
}

function choice(value, checked) {
  const id = `answer-${value}`;
  return h("div", {class: "row"}, h("input", {type: "radio", name: "answer", id, value, checked, required: true}),
    h("label", {for: id}, word("answer", value)));
}

// What has become of it, in the dialog's own place.
function told(outcome) {
  if (!outcome) return h("p", {}, say("It was not sealed, and nothing was sent."));
  if (outcome.unsealed) return h("p", {}, say("It was not sealed. It waits among the held messages."), " ", h("a", {href: "#/held"}, say("Held messages")));
  if (outcome.state === "refused") return wrong({...outcome.reason, message: outcome.reason?.text ?? ""});
  const words = {sent: say("The answer is in the log."), held: say("Sealed. It waits for another officer to send it."),
    waiting: say("It is on its way, and goes by itself when the hub is there.")};
  return h("p", {class: "good", "data-outcome": outcome.state}, words[outcome.state] ?? outcome.state);
}

function fieldsOf(message, words) {
  return [
    h("h2", {}, say("Answer to"), " ", foreign(pick(message.summary) || message.id)),
    h("fieldset", {}, h("legend", {}, say("Your answer")), words.map((value, i) => choice(value, i === 0))),
    h("div", {class: "field"}, h("label", {for: "note"}, say("Words for its author (may stay empty)")), h("textarea", {id: "note", maxlength: "2000"})),
  ];
}

// `words`: the answers that there are; done() after it is on its way.
export function answerMessage(message, words, done = () => {}) {
  const said = h("div", {"aria-live": "assertive"});
  const go = h("button", {type: "submit", class: "first"}, say("Seal and send"));
  const form = h("form", {method: "dialog"}, fieldsOf(message, words), said,
    h("div", {class: "row"}, go, h("button", {type: "button", onclick: () => dialog.close()}, say("Close"))));
  const dialog = h("dialog", {"aria-label": say("Answer")}, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    go.disabled = true;
    try {
      const outcome = await send(await write(message, new FormData(form).get("answer"), form.querySelector("#note").value.trim()), said);
      replace(said, told(outcome));
      go.disabled = outcome !== null && outcome.state !== "refused";
      done();
    } catch (error) {
      replace(said, wrong(error));
      go.disabled = false;
    }
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  form.querySelector("input:checked")?.focus();
}

// A duty is met by a word, or by a message of its own kind.
export function answer(duty, done) {
  const {message} = duty;
  if (duty.met_by !== "acknowledgement") {
    location.hash = `#/write/${duty.met_by}?re=${encodeURIComponent(`${message.from}/${message.id}`)}`;
    return;
  }
  const counts = (duty.met_when ?? []).find((test) => test.field === "/body/answer")?.in;
  answerMessage(message, counts ?? Object.keys(SUMMARIES).slice(0, 4), done);
}

