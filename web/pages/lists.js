// lists - pages that are tables of what the hub, or this node's messages, say stands.

import {get} from "./api.js";
import {follow} from "./live.js";
import {item, kind} from "./parts.js";
import {foreign, h, moment, name, replace} from "./text.js";
import {say} from "./words.js";

// columns: [{words, of: (one) => child}], the first is what the row is named by.
function table(caption, columns, rows, nothing) {
  if (!rows.length) return h("p", {}, nothing);
  return h("div", {class: "scroll"}, h("table", {}, h("caption", {}, caption),
    h("thead", {}, h("tr", {}, columns.map((column) => (column.words ? h("th", {scope: "col"}, column.words) : h("td", {}))))),
    h("tbody", {}, rows.map((row) => h("tr", {}, columns.map((column, i) =>
      h(i ? "td" : "th", i ? {} : {scope: "row"}, column.of(row))))))));
}

// A page of one question: `draw` makes its parts of the answer.
function page(title, question, whats, draw) {
  return {
    title,
    async show(main, place, me) {
      const look = async () => replace(main, h("h1", {tabindex: "-1"}, title()), draw(await get(question), me, look, main));
      await look();
      return follow(whats, look);
    },
  };
}

const chosen = (chooses) => Object.entries(chooses ?? {}).map(([what, values]) => `${what}: ${[values].flat().join(", ")}`).join("; ");

export const feeds = page(() => say("Feeds"), "feeds", ["inbox", "opened"], (answer) => [
  h("p", {class: "row"}, h("a", {class: "button first", href: "#/write/subscription"}, say("Subscribe"))),
  table(say("Subscribed to"), [
    {words: say("feed"), of: (one) => h("a", {href: `#/messages?feed=${encodeURIComponent(one.feed)}`}, foreign(one.feed))},
    {words: say("not opened yet"), of: (one) => h("span", {class: "count"}, String(one.unopened ?? 0))},
    {words: say("messages"), of: (one) => String(one.count)},
    {words: say("what it asks for"), of: (one) => foreign(chosen(one.chooses))},
    {words: "", of: (one) => h("a", {class: "button", href: `#/write/subscription?cancels=${encodeURIComponent(`${one.node}/${one.subscription}`)}`}, say("End it"))},
  ], answer.taken ?? [], say("This node subscribes to nothing.")),
  table(say("What may be subscribed to"), [
    {words: say("kind"), of: (one) => kind(one.kind)},
    {words: say("paragraph"), of: (one) => foreign(one.cites)},
    {words: say("authors learn of it"), of: (one) => (one.told ? say("yes") : say("no"))},
  ], answer.offered ?? [], say("Nothing is offered to this node's role.")),
]);

function health(node) {
  if (node.connected) return h("strong", {class: "tag"}, say("connected"));
  return h("strong", {class: "tag overdue"}, say("not connected"));
}

export const nodes = page(() => say("Nodes"), "nodes", ["status"], (answer) => [
  table(say("Nodes by the hub's word"), [
    {words: say("node"), of: (one) => name(one.node ?? one.id)},
    {words: say("role"), of: (one) => foreign(one.role)},
    {words: say("state"), of: health},
    {words: say("since"), of: (one) => moment(one.since)},
    {words: say("last heard"), of: (one) => moment(one.heard)},
    {words: say("not delivered yet"), of: (one) => String(Math.max(0, (one.last ?? 0) - (one.delivered ?? 0)))},
    {words: say("certificates end"), of: (one) => moment(one.ends)},
  ], answer.nodes ?? [], say("The hub knows of no nodes.")),
]);

export const officials = page(() => say("Officials"), "contacts", ["inbox"], (answer) => [
  h("p", {class: "row"}, h("a", {class: "button first", href: "#/write/contact.change"}, say("Name an official"))),
  table(say("Responsible officials by what stands of their organisations' messages"), [
    {words: say("organisation's node"), of: (one) => name(one.owner)},
    {words: say("official"), of: (one) => (one.official ? foreign(typeof one.official === "string" ? one.official
      : Object.values(one.official).join(", ")) : h("strong", {class: "tag overdue"}, say("nobody")))},
    {words: say("objects"), of: (one) => (one.objects ?? []).map((object, i) => [i ? ", " : "", foreign(object)])},
    {words: say("since"), of: (one) => foreign(one.since ?? "")},
    {words: say("told of late"), of: (one) => (one.late ? say("yes") : say("no"))},
  ], answer.contacts ?? [], say("Nobody is named.")),
]);

export const plans = page(() => say("Plans"), "plans", ["inbox"], (answer) => [
  table(say("Anti-crisis plans of owners"), [
    {words: say("owner"), of: (one) => name(one.owner)},
    {words: say("organisation"), of: (one) => foreign(one.organisation ?? "")},
    {words: say("handed in"), of: (one) => (one.id ? h("a", {href: `#/message/${one.id}?author=${one.owner}`}, moment(one.time)) : h("strong", {class: "tag overdue"}, say("not handed in")))},
    {words: say("approved"), of: (one) => [foreign(one.approved_on ?? ""), " ", foreign(one.approved_by ?? "")]},
    {words: say("edition"), of: (one) => foreign(String(one.edition ?? ""))},
    {words: say("does not provide for"), of: (one) => foreign((one.missing ?? []).join(", "))},
  ], answer.plans ?? [], say("There are no plans that this node may know of.")),
]);

export const suspensions = page(() => say("Suspensions"), "suspensions", ["inbox", "sent"], (answer) => [
  h("p", {}, say("Suspensions of communication that stand, by the messages of this node.")),
  (answer.suspensions ?? []).length ? answer.suspensions.map((one) => item(one.row)) : h("p", {}, say("None is in force.")),
]);

export const exercises = page(() => say("Exercises"), "exercises", ["inbox", "sent"], (answer) => [
  h("p", {class: "row"}, h("a", {class: "button", href: "#/write/exercise.opening"}, say("Open an exercise"))),
  table(say("Exercises that are under way"), [
    {words: say("exercise"), of: (one) => h("strong", {class: "tag exercise"}, foreign(one.exercise))},
    {words: say("opened by"), of: (one) => name(one.author)},
    {words: say("opened"), of: (one) => moment(one.opens_at)},
    {words: say("joined"), of: (one) => (one.joined ? say("yes") : say("no"))},
    {words: "", of: (one) => [h("a", {class: "button", href: `#/messages?exercise=${encodeURIComponent(one.exercise)}`}, say("Its messages")),
      one.joined || one.state === "closed" ? null : h("a", {class: "button", href: `#/write/exercise.joining?re=${encodeURIComponent(`${one.author}/${one.id}`)}`}, say("Join"))]},
  ], answer.exercises ?? [], say("No exercise is under way.")),
]);

