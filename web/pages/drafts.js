// drafts - what this officer has begun to write, the newest first.

import {drop, get, path} from "./api.js";
import {allUnsaved} from "./keep.js";
import {follow} from "./live.js";
import {kind, wrong} from "./parts.js";
import {foreign, h, moment, replace} from "./text.js";
import {pick, say} from "./words.js";

export const title = () => say("Drafts");

function entry(draft, again, main) {
  const address = `#/write/${encodeURIComponent(draft.kind)}?draft=${draft.id}`;
  return h("article", {class: "card", "data-draft": draft.id},
    h("header", {}, h("h2", {}, h("a", {href: address}, foreign(pick(draft.summary) || kind(draft.kind)))), h("span", {class: "faint"}, kind(draft.kind))),
    draft.note ? h("p", {}, foreign(draft.note)) : null, h("p", {class: "faint"}, say("changed"), " ", moment(draft.changed)),
    h("div", {class: "row"}, h("a", {class: "button first", href: address}, say("Go on")),
      h("button", {type: "button", onclick: async () => {
        await drop(`${path("drafts", draft.id)}?version=${draft.version}`).catch((error) => main.prepend(wrong(error)));
        await again();
        main.querySelector("h1").focus();
      }}, say("Throw it away"))));
}

// What could not be saved when its form was left is here alone.
function lone(draft) {
  const address = `#/write/${encodeURIComponent(draft.kind)}?draft=${draft.id}`;
  return h("article", {class: "card near", "data-unsaved": draft.id},
    h("header", {}, h("h2", {}, h("a", {href: address}, foreign(pick(draft.document.summary) || kind(draft.kind))))),
    h("p", {class: "wrong-text"}, say("It is in this window alone, and not saved.")), h("a", {class: "button first", href: address}, say("Go on")));
}

export async function show(main) {
  const again = async () => {
    const list = await get("drafts");
    replace(main, h("h1", {tabindex: "-1"}, title()), allUnsaved().map(lone),
      list.length ? list.map((draft) => entry(draft, again, main)) : h("p", {}, say("There are no drafts.")));
  };
  await again();
  return follow(["drafts"], again);
}
