// parts - what several pages show of a message in the same way.

import {foreign, h, moment, name} from "./text.js";
import {meaning, pick, say, word} from "./words.js";

// What the console answered has a status; what the hub or a schema refused has none.
const ownWords = (error) => (error.status && word("error", error.code) !== error.code ? word("error", error.code) : meaning("refusal", error.code));

// What failed, for the reader: the words for it, and the code for who is called.
export function wrong(error) {
  return h("p", {class: "wrong-text", role: "alert"}, ownWords(error), " ", say(error.message), " ",
    error.pointer ? h("code", {}, error.pointer) : null, " ",
    error.code ? h("code", {class: "faint"}, error.code) : null);
}

// The marking in words beside its colour.
export function marking(value, inWords = false) {
  const known = /^TLP:(RED|AMBER|AMBER\+STRICT|GREEN|CLEAR)$/.test(value ?? "");
  const tone = known ? value.toLowerCase().replace("+strict", "").replace(":", "-") : "";
  const tag = h("span", {class: `tag ${tone}`}, foreign(value));
  return known ? [tag, h("span", {class: inWords ? "faint" : "quiet"}, ` ${word("marking", value)}`)] : tag;
}

export function level(value) {
  return value === null || value === undefined ? null
    : h("span", {class: `tag level${Number(value)}`}, say("LEVEL {n}", {n: Number(value)}));
}

export const kind = (value) => (value === "delivery" ? say("that it is delivered") : word("kind", value));

export function practice(row) {
  return row.status !== "exercise" && !row.exercise ? null
    : h("strong", {class: "tag exercise"}, say("EXERCISE"), row.exercise ? [" ", foreign(row.exercise)] : null);
}

export function amended(row) {
  const by = row.amended;
  if (!by) return null;
  const words = by.state === "withdrawn" ? say("WITHDRAWN") : say("CORRECTED");
  return h("a", {class: `tag ${by.state}`, href: address(by)}, words);
}

// By law at the hub: what is here of it still.
export function erased(row) {
  return row.erased ? h("span", {class: "tag erased"}, say("ERASED BY LAW")) : null;
}

// Of a message: by its inbox number where it has one.
export function address(row) {
  const author = row.from ?? row.author;
  return `#/message/${encodeURIComponent(row.id)}${author ? `?author=${encodeURIComponent(author)}` : ""}`;
}

export function summary(row) {
  const text = pick(row.summary) || kind(row.kind);
  return row.amended?.state === "withdrawn" ? h("s", {class: "withdrawn-text"}, foreign(text)) : foreign(text);
}

// Who has seen it, in one line.
export function people(list, words) {
  return !list?.length ? null : h("p", {class: "faint"}, words, " ",
    list.map((one, i) => [i ? "; " : "", name(one.officer ?? [one.by].flat().join(", ")), " ", moment(one.at)]));
}

// A message in a list.
export function item(row) {
  return h("article", {class: `card ${row.exercise ? "exercise" : ""}`, "data-id": row.id},
    h("header", {},
      h("h3", {}, h("a", {href: address(row)}, summary(row))), practice(row), level(row.level), marking(row.marking), amended(row), erased(row),
      row.opened && !row.opened.length && row.box === "inbox" ? h("span", {class: "tag"}, say("not opened yet")) : null),
    h("p", {class: "faint"}, row.number ? `#${row.number} ` : "", kind(row.kind), ", ", name(row.from), ", ", moment(row.time ?? row.sent)),
    people(row.answers, say("answered:")));
}
