// incident - what happened about one incident, by both clocks, with what is owed and who
// has what; printed, it is the sheet that the Headquarters gets.

import {get, path} from "./api.js";
import {follow} from "./live.js";
import {address, kind, level, marking, practice, summary} from "./parts.js";
import {foreign, h, moment, name, replace} from "./text.js";
import {pick, say, word} from "./words.js";

export const title = () => say("Incident");

function who(message) {
  const list = message.receivers ?? [];
  if (!list.length) return null;
  return h("p", {class: "faint"}, say("has it:"), " ", list.map((one, i) => [i ? ", " : "", name(one.node),
    one.stored ? "" : [" (", say("not stored yet"), ")"], one.cites ? [" ", foreign(one.cites)] : null]));
}

function relation(message) {
  const words = message.cancels ? say("withdraws") : message.supersedes ? say("corrects") : message.re ? say("answers") : null;
  const other = message.cancels ?? message.supersedes ?? message.re;
  return words && other ? h("p", {class: "faint"}, words, " ", h("a", {href: address(other)}, name(other.author), " ", name(other.id))) : null;
}

function event(message) {
  const row = message.row;
  const text = row ? summary(row) : foreign(pick(message.summary) || kind(message.kind));
  return h("li", {class: "card", "data-id": message.id},
    h("header", {}, moment(message.time), h("h3", {}, row ? h("a", {href: address(message)}, text) : text), practice(message), level(message.level),
      row ? marking(row.marking) : null),
    h("p", {}, kind(message.kind), ", ", say("written by"), " ", name(message.author),
      message.answer ? [": ", h("strong", {}, word("answer", message.answer))] : null),
    relation(message), who(message));
}

function duties(list) {
  if (!list?.length) return null;
  return h("section", {"aria-labelledby": "owed"}, h("h2", {id: "owed"}, say("What is owed")),
    h("div", {class: "scroll"}, h("table", {},
      h("thead", {}, h("tr", {}, [say("state"), say("who owes"), say("towards"), say("met by"), say("due"), say("paragraph")].map((words) => h("th", {scope: "col"}, words)))),
      h("tbody", {}, list.map((duty) => h("tr", {"data-duty": duty.duty}, h("td", {}, word("duty", duty.state)),
        h("th", {scope: "row"}, name(duty.debtor)), h("td", {}, name(duty.towards)), h("td", {}, kind(duty.met_by)), h("td", {}, moment(duty.due)),
        h("td", {}, foreign(duty.cites))))))));
}

function head(timeline) {
  const first = timeline.messages[0];
  const text = first?.row ? summary(first.row) : foreign(pick(first?.summary) || say("Incident"));
  const highest = timeline.messages.map((one) => one.level ?? one.row?.level).filter((one) => one !== null && one !== undefined);
  return [
    h("h1", {tabindex: "-1"}, text),
    h("p", {class: "row"}, first ? practice(first.row ?? first) : null, highest.length ? level(Math.max(...highest)) : null,
      name(timeline.incident.author), name(timeline.incident.id)),
    h("p", {}, say("As of"), " ", moment(timeline.now)),
  ];
}

function writing(timeline, me) {
  const named = encodeURIComponent(`${timeline.incident.author}/${timeline.incident.id}`);
  return h("div", {class: "row no-print"},
    h("button", {type: "button", onclick: () => window.print()}, say("Print the sheet")),
    h("a", {class: "button", href: `#/write?incident=${named}`}, say("Write about it")),
    me.role === "nccis" ? null : h("a", {class: "button", href: `#/write/incident.sharing?incident=${named}`}, say("Share")));
}

export async function show(main, place, me) {
  const [author, id] = place.steps;
  const look = async () => {
    const timeline = await get(path("incidents", author, id));
    replace(main, head(timeline), writing(timeline, me),
      !timeline.from_hub ? h("p", {class: "banner backlog", role: "status"}, say("The hub was not reached: these are the messages that are here.")) : null,
      timeline.more ? h("p", {role: "status"}, say("There are more messages than are shown: the first and the newest are.")) : null,
      duties(timeline.duties),
      h("section", {"aria-labelledby": "course"}, h("h2", {id: "course"}, say("What happened")),
        h("ol", {class: "plain"}, timeline.messages.map(event))));
  };
  await look();
  return follow(["inbox", "sent", "queue"], look);
}
