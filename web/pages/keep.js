// keep - a draft that saves itself, by the version it was made from: what another window
// saved meanwhile is never written over unasked.

import {drop, get, path, put} from "./api.js";
import {differences} from "./pointers.js";
import {foreign, h, moment} from "./text.js";
import {say} from "./words.js";

const AFTER_KEY = 1000, WHEN_AWAY = 5000;

export const fresh = () => crypto.randomUUID();

// What the server does not have yet survives a reload of this window, and nothing else.
const own = (id) => `draft ${id}`;

export function unsaved(id) {
  try {
    return JSON.parse(sessionStorage.getItem(own(id)));
  } catch {
    return null;
  }
}

// All that this window has and the server has not.
export const allUnsaved = () => Object.keys(sessionStorage).filter((key) => key.startsWith(own("")))
  .map((key) => unsaved(key.slice(own("").length))).filter(Boolean);

const show = (value) => (value === undefined ? h("em", {class: "faint"}, say("nothing")) : foreign(typeof value === "string" ? value : JSON.stringify(value)));

function table(mine, theirs) {
  const columns = [say("field"), say("in this window"), say("saved meanwhile")];
  const row = (one) => h("tr", {}, h("th", {scope: "row"}, h("code", {}, one.pointer)), h("td", {}, show(one.mine)), h("td", {}, show(one.theirs)));
  return h("div", {class: "scroll"}, h("table", {}, h("thead", {}, h("tr", {}, columns.map((words) => h("th", {scope: "col"}, words)))),
    h("tbody", {}, differences(mine, theirs).map(row))));
}

// Both texts and a choice: "mine", "theirs" or "both".  `current`: null where it was removed.
function ask(mine, current) {
  return new Promise((resolve) => {
    const button = (value, words, first) => h("button", {type: "button", class: first ? "first" : null, "data-choice": value, onclick: () => {
      dialog.close();
      resolve(value);
    }}, words);
    const dialog = h("dialog", {"aria-labelledby": "two-windows"},
      h("h2", {id: "two-windows"}, say("This draft was changed in another window")),
      current ? [h("p", {}, say("It was saved there at"), " ", moment(current.changed)), table(mine, current.document)]
        : h("p", {}, say("It was removed there.")),
      h("div", {class: "row"}, button("both", say("Keep both: this one as a draft of its own"), true), button("mine", say("Go on with what is in this window")),
        current ? button("theirs", say("Take what was saved meanwhile")) : null));
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  });
}

// `draft`: {id, version, kind}; read(): {document, note}; tell(words, tone); take(draft):
// go on with what was saved elsewhere; renamed(id): it has another name now.
export function keep(draft, {read, tell, take, renamed}) {
  let timer = null, saving = null, dirty = false, ended = false;

  const later = (ms) => {
    clearTimeout(timer);
    if (!ended) timer = setTimeout(save, ms);
  };

  function changed() {
    dirty = true;
    sessionStorage.setItem(own(draft.id), JSON.stringify({...draft, ...read()}));
    tell(say("not saved yet"));
    later(AFTER_KEY);
  }

  function save() {
    clearTimeout(timer);
    if (!dirty || ended) return saving ?? Promise.resolve();
    saving ??= once().finally(() => {
      saving = null;
      if (dirty) later(AFTER_KEY);
    });
    return saving;
  }

  async function once() {
    dirty = false;
    try {
      const saved = await put(path("drafts", draft.id), {version: draft.version, kind: draft.kind, ...read()});
      draft.version = saved.version;
      if (!dirty) sessionStorage.removeItem(own(draft.id));
      tell([say("draft saved"), " ", moment(saved.changed)]);
    } catch (error) {
      dirty = true;
      if (error.status === 409) await decide(await get(path("drafts", draft.id)).catch(() => null));
      else fail(error);
    }
  }

  function fail(error) {
    tell(h("span", {class: "wrong-text", role: "alert"}, say("The draft is NOT saved:"), " ", say(error.message), " ", say("It is tried again.")));
    later(WHEN_AWAY);
  }

  async function decide(current) {
    // What this window sent before it was loaded anew has arrived after all.
    if (current && !differences(read().document, current.document).length) {
      draft.version = current.version;
      return once();
    }
    const choice = ended ? "both" : await ask(read().document, current);
    sessionStorage.removeItem(own(draft.id));
    if (choice === "theirs") {
      dirty = false;
      Object.assign(draft, {version: current.version});
      return take(current);
    }
    if (choice === "both") renamed(Object.assign(draft, {id: fresh(), version: 0}).id);
    else draft.version = current?.version ?? 0;
    return once();
  }

  // It became a message, or was thrown away.
  async function done() {
    ended = true;
    clearTimeout(timer);
    await saving?.catch(() => {});
    sessionStorage.removeItem(own(draft.id));
    if (draft.version) await drop(`${path("drafts", draft.id)}?version=${draft.version}`).catch(() => {});
  }

  async function leave() {
    await save();
    ended = true;
    clearTimeout(timer);
  }

  return {changed, save, done, leave};
}
