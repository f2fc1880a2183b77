// messages - what came and what went, found by words and by what messages are about.

import {get} from "./api.js";
import {follow} from "./live.js";
import {mark} from "./mark.js";
import {item, wrong} from "./parts.js";
import {h, replace} from "./text.js";
import {say, word} from "./words.js";

export const title = () => say("Messages");

const BOXES = {"": mark("all"), inbox: mark("delivered"), sent: mark("sent"), refused: mark("refused")};
const SECTORS = ["banking", "power-supply", "transport", "communications", "healthcare", "oil-gas", "government"];

function field(id, words, input) {
  input.id = id;
  input.name = id;
  return h("div", {class: "field"}, h("label", {for: id}, words), input);
}

const option = (value, words, chosen) => h("option", {value, selected: value === chosen}, words);

// What was asked for stands in the address, so that a search can be kept and sent on.
function search(place, kinds) {
  const asked = (name) => place.query.get(name) ?? "";
  const form = h("form", {role: "search", class: "card"},
    field("q", say("Words, an object, a node or an id"), h("input", {type: "search", value: asked("q"), autocomplete: "off"})),
    h("details", {open: [...place.query.keys()].some((key) => !["q", "box"].includes(key))}, h("summary", {}, say("More precisely")),
      h("div", {class: "row"},
        field("box", say("where"), h("select", {}, Object.entries(BOXES).map(([value, words]) => option(value, say(words), asked("box"))))),
        field("kind", say("kind"), h("select", {}, option("", say("any"), asked("kind")), kinds.map((kind) => option(kind, word("kind", kind), asked("kind"))))),
        field("from", say("author"), h("input", {type: "text", value: asked("from")})),
        field("object", say("object"), h("input", {type: "text", value: asked("object")})),
        field("sector", say("sector"), h("input", {type: "text", value: asked("sector"), list: "sectors"})),
        field("level", say("level at least"), h("select", {}, option("", say("any"), asked("level")), [1, 2, 3, 4, 5].map((n) => option(String(n), String(n), asked("level"))))),
        field("since", say("from the day"), h("input", {type: "date", value: asked("since").slice(0, 10)})),
        field("until", say("until the day"), h("input", {type: "date", value: asked("until").slice(0, 10)})),
        h("div", {class: "row"}, h("input", {type: "checkbox", id: "unopened", name: "unopened", value: "1", checked: asked("unopened") === "1"}),
          h("label", {for: "unopened"}, say("not opened yet")))),
      h("datalist", {id: "sectors"}, SECTORS.map((value) => h("option", {value})))),
    h("div", {class: "row"}, h("button", {type: "submit", class: "first"}, say("Search")), h("a", {class: "button", href: "#/messages"}, say("Show all"))));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
    location.hash = `#/messages${wanted.size ? `?${wanted}` : ""}`;
  });
  return form;
}

// Days are those of this place; the server wants moments.
function moments(query) {
  const out = new URLSearchParams(query);
  for (const [name, end] of [["since", "T00:00:00"], ["until", "T23:59:59.999"]])
    if (/^\d{4}-\d\d-\d\d$/.test(out.get(name) ?? "")) out.set(name, new Date(out.get(name) + end).toISOString());
  return out;
}

function building(index) {
  if (index?.state === "behind") return h("p", {role: "status", class: "banner backlog"}, say("The catalogue is behind: the newest messages may not be found yet."));
  if (index?.state === "unavailable") return h("p", {role: "status", class: "banner backlog"}, say("There is no catalogue: here is the newest of what was delivered, and nothing can be searched by words."));
  return index?.state !== "building" ? null
    : h("p", {role: "status", class: "banner backlog"}, say("The catalogue is being made: {done} of {of} messages so far.", {done: index.done, of: index.of}));
}

function found(answer) {
  const count = h("p", {role: "status", "data-total": String(answer.total ?? answer.messages.length)},
    answer.total === 0 || !answer.messages.length ? say("Nothing was found.")
      : answer.more ? say("more than {n} messages", {n: answer.total}) : say("{n} messages", {n: answer.total ?? answer.messages.length}));
  return [building(answer.index), count, answer.messages.map(item)];
}

async function more(list, query, answer, place) {
  if (!answer.next) return;
  const button = h("button", {type: "button", onclick: async () => {
    query.set("before", answer.next);
    const next = await get(`messages?${query}`).catch((error) => list.append(wrong(error)));
    if (!next) return;
    const first = next.messages.map(item);
    button.replaceWith(...first);
    first[0]?.querySelector("a")?.focus();
    more(list, query, next, place);
  }}, say("Older ones"));
  list.append(button);
}

export async function show(main, place) {
  const kinds = await get("kinds").then((list) => list.map((one) => one.kind), () => []);
  const list = h("section", {"aria-labelledby": "found"});
  const heading = h("h2", {id: "found"}, say("What was found"));
  replace(main, h("h1", {tabindex: "-1"}, title()), search(place, kinds), list);
  const look = async () => {
    const query = moments(place.query);
    const answer = await get(`messages?${query}`);
    replace(list, heading, found(answer));
    await more(list, query, answer, place);
  };
  await look().catch((error) => replace(list, heading, wrong(error)));
  return follow(["inbox"], () => list.querySelectorAll("article").length > 50 || look());
}
