// held - messages that wait in the node for an officer: nothing of it goes by itself.

import {drop, get, path} from "./api.js";
import {follow} from "./live.js";
import {kind, level, marking, practice, summary, wrong} from "./parts.js";
import {inDialog, outcome, seal} from "./sign.js";
import {foreign, h, moment, name, replace} from "./text.js";
import {meaning, say} from "./words.js";

export const title = () => say("Held messages");

function signatures(held) {
  const officers = held.signatures.slice(1);
  return h("p", {}, officers.length ? say("Sealed by:") : say("No officer has sealed it yet."), " ",
    officers.map((one, i) => [i ? ", " : "", one.name ? name(one.name) : h("code", {}, one.key.slice(0, 16)),
      one.office ? [" (", foreign(one.office), ")"] : null]));
}

function reason(held) {
  if (!held.why) return held.by ? h("p", {class: "faint"}, say("held for sealing by"), " ", name(held.by)) : null;
  return h("p", {}, meaning("refusal", held.why.code) || foreign(held.why.sentence), " ", foreign(held.why.text));
}

async function discard(held, again, tell) {
  const sure = await inDialog(say("Discard this message?"), (close) => [
    h("h2", {}, say("Discard this message?")),
    h("p", {}, say("It was not sent, and will not be. Signatures that officers gave to it are lost.")),
    h("div", {class: "row"},
      h("button", {type: "button", "data-act": "discard", onclick: () => close(true)}, say("Discard")),
      h("button", {type: "button", class: "first", autofocus: true, onclick: () => close(false)}, say("Keep"))),
  ]);
  if (!sure) return;
  await drop(path("held", held.id)).catch((error) => tell(wrong(error)));
  await again();
}

function card(held, again) {
  const told = h("div", {role: "status"});
  const tell = (element) => replace(told, element);
  const row = held.row;
  return h("li", {class: `card ${row?.exercise ? "exercise" : ""}`, "data-id": held.id},
    h("header", {}, h("h2", {}, row ? summary(row) : name(held.id)), row ? [practice(row), level(row.level), marking(row.marking)] : null),
    row ? h("p", {class: "faint"}, kind(row.kind), ", ", moment(row.sent)) : null,
    reason(held), signatures(held),
    h("details", {}, h("summary", {}, say("The exact text that is sealed")), h("pre", {}, foreign(held.text)),
      h("p", {}, say("SHA-256:"), " ", h("code", {}, held.digest))),
    h("div", {class: "row"},
      h("button", {type: "button", class: "first", "data-act": "open-seal", onclick: async () => {
        const done = await seal(held).catch((error) => error);
        tell(outcome(done));
        if (done && !(done instanceof Error)) await again();
      }}, say("Seal ...")),
      h("button", {type: "button", "data-act": "open-discard", onclick: () => discard(held, again, tell)}, say("Discard ..."))),
    told);
}

export async function show(main) {
  let drawn = "";
  const again = async () => {
    const list = await get("held");
    const fresh = JSON.stringify(list);
    if (fresh === drawn) return; // nothing moves below the reader's hands
    drawn = fresh;
    replace(main, h("h1", {tabindex: "-1"}, title()),
      h("p", {}, say("They wait for the seals of officers. Nothing here goes by itself.")),
      list.length ? h("ul", {class: "plain"}, list.map((held) => card(held, again))) : h("p", {}, say("Nothing waits for a seal.")));
  };
  await again();
  return follow(["waiting"], again);
}
