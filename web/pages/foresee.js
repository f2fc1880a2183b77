// foresee - live beside a form: who would receive it and by which paragraph, who not and
// why, what follows.  It is the hub's own answer, and nothing is sent by asking.

import {post} from "./api.js";
import {left} from "./banners.js";
import {current, on} from "./live.js";
import {mark} from "./mark.js";
import {address, kind} from "./parts.js";
import {foreign, h, moment, name, replace} from "./text.js";
import {meaning, say, word} from "./words.js";

// Milliseconds from the last key to the question; until it is asked again of a hub that
// answers no more at once, or not at all.
const AFTER_KEY = 700, WHEN_BUSY = 1000, WHEN_AWAY = 10000;

const WITHHELD = {
  "marking.tlp": mark("its marking keeps it from there"),
  "exercise.absent": mark("it has not joined the exercise"),
};
const REMARKS = {
  "object.unknown": mark("the register does not know this object"),
  "to.unreached": mark("somebody it is addressed to would not receive it"),
};

const cites = (one) => h("span", {class: "faint"}, " ", one.cites ? [say("paragraph"), " ", foreign(one.cites)] : null,
  one.rule ? h("small", {}, " ", foreign(one.rule)) : null);

function list(words, lines, tone = "") {
  return lines?.length ? h("section", {class: tone}, h("h3", {}, words, ` (${lines.length})`), h("ul", {}, lines.map((line) => h("li", {}, line)))) : null;
}

const owed = (one) => [name(one.debtor), " ", say("owes"), " ", kind(one.met_by), " ", say("towards"), " ", name(one.towards), ", ",
  moment(one.due), " (", left(one.due), ")", cites(one)];

function accepted(verdict) {
  return [
    h("p", {class: "good-text"}, h("strong", {}, say("The hub would take it."))),
    list(say("Would receive it"), verdict.receivers.map((one) => [name(one.node), cites(one)])) ??
      h("p", {class: "wrong-text"}, say("Nobody would receive it.")),
    list(say("Would have it by subscription"), verdict.by_subscription?.map((one) => [name(one.node ?? one), cites(one)])),
    verdict.subscribers ? h("p", {}, say("and {n} subscribers whom the author does not learn of", {n: verdict.subscribers})) : null,
    list(say("Would not receive it"), verdict.withheld?.map((one) =>
      [name(one.node), ": ", WITHHELD[one.code] ? say(WITHHELD[one.code]) : word("refusal", one.code), " ", h("code", {class: "faint"}, one.code), cites(one)]), "warn"),
    list(say("Older messages would come along"), verdict.carries?.map((one) =>
      [name(one.node), ": ", h("a", {href: address(one)}, name(one.author), " ", name(one.id))])),
    list(say("Older messages would be left out"), verdict.omits?.map((one) =>
      [name(one.node), ": ", say("{n} messages", {n: one.messages}), " ", word("refusal", one.code), " ", h("code", {class: "faint"}, one.code)]), "warn"),
    list(say("Nobody has this role"), verdict.absent?.map((one) => [foreign(one.role ?? one.node ?? ""), cites(one)]), "warn"),
    list(say("The hub would make of it"), verdict.emits?.map((one) => [kind(one.kind), cites(one)])),
    list(say("Would be owed"), verdict.duties?.map(owed)),
    list(say("Remarks"), verdict.remarks?.map((code) => [REMARKS[code] ? say(REMARKS[code]) : word("refusal", code), " ", h("code", {class: "faint"}, code),
      code === "to.unreached" ? [": ", (verdict.unreached ?? []).map((node, i) => [i ? ", " : "", name(node)])] : null]), "warn"),
  ];
}

// `lead(pointer)`: to the field that it is about.
function refused(verdict, lead) {
  const words = meaning("refusal", verdict.code);
  return [
    h("p", {class: "wrong-text"}, verdict.here ? say("It cannot be sent so yet:") : say("The hub would refuse it:")),
    words ? h("p", {}, words) : null, h("p", {}, foreign(verdict.text)),
    verdict.pointer ? h("p", {}, h("button", {type: "button", "data-lead": verdict.pointer, onclick: () => lead(verdict.pointer)}, say("To the field")), " ",
      h("code", {class: "faint"}, foreign(verdict.pointer))) : null,
    h("p", {class: "faint"}, h("code", {}, verdict.code), " ", foreign(verdict.by)),
  ];
}

export const verdict = (answer, lead) => (answer.verdict === "accept" ? accepted(answer) : refused(answer, lead));

const isLost = () => Boolean(current().status?.hub_lost_since || current().status?.node_lost_since);

// `read()`: the document as it stands; `heard(verdict or null)`: what was said of it.
export function foresee(read, heard, lead) {
  const said = h("div", {"aria-live": "polite", "aria-busy": "false"});
  const element = h("aside", {class: "card foresee", "aria-labelledby": "foresee"}, h("h2", {id: "foresee"}, say("If it is sent")), said);
  let timer = null, busy = false, stale = false, last = "", gone = false;

  const later = (ms) => {
    clearTimeout(timer);
    if (!gone) timer = setTimeout(look, ms);
  };

  async function look() {
    stale = busy;
    if (busy || gone) return;
    busy = true;
    said.setAttribute("aria-busy", "true");
    const document = read();
    try {
      take(await post("explain", {document}));
    } catch (error) {
      fail(error);
    }
    busy = false;
    said.setAttribute("aria-busy", "false");
    if (stale) later(AFTER_KEY);
  }

  // Said again only where it is something else: who listens to it hears what changed.  An
  // answer that the server had from before the hub was lost does not stand for long.
  function take(answer) {
    const text = JSON.stringify(answer);
    if (text !== last) replace(said, verdict(answer, lead));
    last = text;
    if (!gone) heard(answer);
    if (isLost()) later(WHEN_AWAY);
  }

  function fail(error) {
    if (error.code === "busy") return later(WHEN_BUSY);
    if (last !== error.code)
      replace(said, h("p", {class: "wrong-text"}, error.status === 503 || error.status === 0 ? say("The hub cannot be asked now.") : say(error.message)),
        h("p", {}, current().status?.node_lost_since ? say("It can be written all the same, and sealed once the node runs again.")
          : say("Who would receive it is not known; it can be written and sealed all the same, and goes when the hub is there.")),
        h("p", {class: "faint"}, h("code", {}, error.code)));
    last = error.code;
    if (!gone) heard(null);
    later(WHEN_AWAY);
  }

  const stop = on("status", () => later(AFTER_KEY));
  later(0);
  return {element, ask: () => later(AFTER_KEY), stop: () => {
    gone = true;
    clearTimeout(timer);
    stop();
  }};
}
