// text - elements made of text, and text made harmless.
//
// What a message says reaches the page as text and nothing else.  Characters that turn a
// line around, or that nobody sees, are shown by their numbers: two messages must not look
// alike because of what cannot be seen.

import {mark} from "./mark.js";

// h("p", {class: "note", onclick: f}, "text", element, [more], null): children that are
// null or false are left out.  An attribute that is false or null is not set.
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// What tells an element from its like where it is drawn anew: what it is about and says.
function identity(element) {
  const about = element.closest("[data-duty], [data-id], [data-node]")?.dataset ?? {};
  return [element.tagName, about.duty, about.id, about.node,
    element.id || element.getAttribute("href") || element.dataset.act || element.getAttribute("name") || element.textContent].join("\n");
}

const FOCUSABLE = "a, button, input, select, textarea, summary, [tabindex]";

const alike = (place, wanted) => [...place.querySelectorAll(FOCUSABLE)].filter((element) => identity(element) === wanted);

// Returns what gives the focus back to what has it now, where that is still there.
function focusIn(place) {
  const held = document.activeElement;
  if (!held || held === place || !place.contains(held)) return () => {};
  const wanted = identity(held);
  const nth = alike(place, wanted).indexOf(held);
  return () => {
    const found = alike(place, wanted);
    (found[nth] ?? found[0])?.focus({preventScroll: true});
  };
}

// Puts these in the place of all that is in it.  What somebody stands on with the keyboard
// stays under the fingers, though news draw the page anew.
export function replace(element, ...children) {
  const back = focusIn(element);
  element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  back();
  return element;
}

// C0 and C1 but for line ends and tabs; marks and overrides of direction; blanks without
// width; tags; the byte order mark.
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

const number = (character) => `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;

// The same where only a text can stand: in a list to choose from, or in a title.
export const harmless = (text) => String(text ?? "").replace(HIDDEN, number);

// Text of somebody else's, with what is hidden shown.
export function foreign(text) {
  const parts = [];
  let from = 0;
  for (const found of String(text ?? "").matchAll(HIDDEN)) {
    parts.push(text.slice(from, found.index), h("span", {class: "hidden-character"}, number(found[0])));
    from = found.index + found[0].length;
  }
  return h("bdi", {}, ...parts, String(text ?? "").slice(from));
}

// Names of nodes are of a-z, 0-9 and "-", ids of UUIDs: whatever else stands there is no
// name, whatever it looks like.
export function name(text) {
  const good = /^[a-z0-9-]{1,63}$/.test(text ?? "");
  return good ? h("code", {class: "name"}, text) : h("code", {class: "name suspicious"}, foreign(text));
}

const two = (value) => String(value).padStart(2, "0");

function absolute(date, utc) {
  const get = (part) => date[`get${utc ? "UTC" : ""}${part}`]();
  return `${get("FullYear")}-${two(get("Month") + 1)}-${two(get("Date"))} ${two(get("Hours"))}:${two(get("Minutes"))}:${two(get("Seconds"))}`;
}

function zone(date) {
  const minutes = -date.getTimezoneOffset();
  const hours = Math.trunc(Math.abs(minutes) / 60);
  return `UTC${minutes < 0 ? "−" : "+"}${hours}${minutes % 60 ? `:${two(Math.abs(minutes) % 60)}` : ""}`;
}

// A moment by both clocks: of this place, and UTC.
export function moment(rfc3339) {
  const date = new Date(rfc3339);
  if (!rfc3339 || Number.isNaN(date.getTime())) return h("span", {}, foreign(rfc3339 ?? ""));
  return h("time", {datetime: date.toISOString(), class: "moment"}, `${absolute(date)} ${zone(date)}`,
    h("span", {class: "utc"}, ` (${absolute(date, true)} UTC)`));
}

// The two largest units: "1 d 3 h", "14 min", "5 s".  `say` is the catalogue's.
export function span(ms, say) {
  const s = Math.floor(Math.abs(ms) / 1000);
  const unit = (value, word) => `${value} ${say(word)}`;
  if (s >= 86400) return `${unit(Math.floor(s / 86400), mark("d"))} ${unit(Math.floor((s % 86400) / 3600), mark("h"))}`;
  if (s >= 3600) return `${unit(Math.floor(s / 3600), mark("h"))} ${unit(Math.floor((s % 3600) / 60), mark("min"))}`;
  if (s >= 60) return unit(Math.floor(s / 60), mark("min"));
  return unit(s, mark("s"));
}
