// sign - an officer seals a message: the whole text and its digest are shown, then the
// key of this browser is used, once.

import {drop, get, path, post} from "./api.js";
import {able, keyOf} from "./keys.js";
import {measure, sign} from "./seal.js";
import {wrong} from "./parts.js";
import {foreign, h, moment, name, replace} from "./text.js";
import {pick, say} from "./words.js";

// A modal dialog with this inside; resolves with what close() is given.
export function inDialog(label, draw) {
  return new Promise((resolve) => {
    const dialog = h("dialog", {"aria-label": label});
    let answer = null;
    const close = (value) => {
      answer = value;
      dialog.close();
    };
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(replace(dialog, draw(close)));
    dialog.showModal();
  });
}

// Without a key here there are two ways: make one, or seal at a terminal.
function terminal(held) {
  return [
    h("p", {}, say("It waits in the node. On the node's machine, or wherever its folder is, an officer seals it with:")),
    h("pre", {class: "command"}, `dabyl cosign ${held.id} --key FILE --cert FILE`),
  ];
}

function cannot(held, words, enrols) {
  return inDialog(say("This browser cannot seal it"), (close) => [
    h("h2", {}, say("This browser cannot seal it")), h("p", {}, words), terminal(held),
    h("div", {class: "row"},
      enrols ? h("a", {class: "button first", href: "#/key", onclick: () => close(null)}, say("Make a key in this browser")) : null,
      h("button", {type: "button", onclick: () => close(null)}, say("Close"))),
  ]);
}

function signers(held) {
  const officers = (held.signatures ?? []).slice(1);
  return h("p", {}, say("Sealed so far by the node"),
    officers.map((one) => [", ", one.name ? name(one.name) : h("code", {}, one.key.slice(0, 16)), one.office ? [" (", foreign(one.office), ")"] : null]));
}

function choices(already, close) {
  const button = (act, words, how = {}) => h("button", {type: "button", "data-act": act, onclick: () => close(act), ...how}, words);
  return h("div", {class: "row"},
    button("send", already ? say("Send") : say("Seal and send"), {class: "first"}),
    already ? null : button("seal", say("Seal, another officer sends it")),
    button("cancel", say("Not now"), {autofocus: true, onclick: () => close(null)}));
}

// Resolves with "send", "seal" or null.  `already`: this officer has sealed it before, and
// only sending is left.
export function sealDialog(held, me, measured, already = false) {
  const summary = held.row ? pick(held.row.summary) : "";
  return inDialog(say("Seal this message"), (close) => [
    h("h2", {}, say("Seal this message")),
    summary ? h("p", {}, h("strong", {}, foreign(summary))) : null,
    h("p", {}, already ? say("You have sealed exactly this text, as") : say("You seal exactly this text, as"), " ", name(me.officer.name), ", ", say("officer of"), " ", name(me.node), "."),
    h("pre", {class: "sealed-text", tabindex: "0", "aria-label": say("The exact text that is sealed")}, foreign(held.text)),
    h("p", {}, say("SHA-256 of this text, computed here:"), " ", h("code", {class: "digest"}, measured.digest)),
    signers(held),
    h("p", {class: "faint"}, say("Once it is in the hub's log nobody can take the seal back. It can be corrected or withdrawn.")),
    choices(already, close),
  ]);
}

// The key of this browser and whether the CA has certified it: {key, fault}, one of which
// is null.
async function usableKey(me) {
  const key = await keyOf(me).catch(() => null);
  if (!key) return {key: null, fault: say("There is no key of yours in this browser yet.")};
  const {certificates} = await get("enrolment");
  const own = certificates.filter((one) => one.key === key.id);
  if (own.some((one) => one.good)) return {key, fault: null};
  return {key: null, fault: own.length ? say("The certificate of this browser's key is not in force.")
    : say("The key of this browser has no certificate yet.")};
}

// The key to seal with; null: there is none, and that was said.
async function keyFor(held, me) {
  if (!(await able())) {
    await cannot(held, say("It is too old for it, or this page came over a connection that is not protected."), false);
    return null;
  }
  const {key, fault} = await usableKey(me);
  if (!key) await cannot(held, fault, true);
  return key;
}

async function sealWith(key, held, me) {
  const measured = await measure(held);
  const already = (held.signatures ?? []).some((one) => one.key === key.id);
  const choice = await sealDialog(held, me, measured, already);
  if (!choice) return null;
  return post(`${path("held", held.id)}/seal`, {key: key.id, signature: await sign(held, key), send: choice === "send"});
}

// Show it, sign it, and send it where the officer says so.  `held` as `POST hold` or `GET
// held` answers.  {id, state} of the server: "waiting" (it goes) or "held"; null: it was
// not sealed now, and waits.
export async function seal(held) {
  const me = await get("me");
  const key = await keyFor(held, me);
  return key ? sealWith(key, held, me) : null;
}

// The way of everything that is written: held in the node, shown, sealed.  Who looks at it
// once more and does not seal it goes back to the draft: nothing is left held then that
// would be there a second time with the next try.
export async function holdAndSeal(document) {
  const held = await post("hold", {document});
  const me = await get("me");
  const key = await keyFor(held, me);
  if (!key) return {held, done: null};
  const done = await sealWith(key, held, me).catch(async (error) => {
    // Where nobody answered it may have been sealed, and be on its way.
    if (error.status !== 0) await drop(path("held", held.id)).catch(() => {});
    throw error;
  });
  if (!done) await drop(path("held", held.id)).catch(() => {});
  return {held, done};
}

// Draws what became of it, or what went wrong, into an element with role="status".
export function outcome(done) {
  if (done instanceof Error) return wrong(done);
  if (!done) return h("p", {}, say("It was not sealed. It waits among the held messages."), " ", h("a", {href: "#/held"}, say("Held messages")));
  return h("p", {class: "good"}, done.state === "waiting" ? say("Sealed, and on its way to the hub.") : say("Sealed. It waits for another officer to send it."),
    done.at ? [" ", moment(done.at)] : null);
}
