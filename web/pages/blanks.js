// blanks - one field of a form, drawn by the type that the schema has for it.
//
// `form`: {get(pointer), set(pointer, value), recent, nodes, exercises}; undefined is what
// is not there.

import {dropped} from "./files.js";
import {now} from "./live.js";
import {h, harmless, moment, replace} from "./text.js";
import {kind} from "./parts.js";
import {pick, say} from "./words.js";

export const idOf = (pointer) => `blank${pointer.replaceAll("/", "-")}`;

// A text of more characters is written into an area, a shorter one into a line; an area
// of what is not long by its nature begins as one line and grows.
const LINE = 300, LONG = 2000;

const isArea = (blank) => blank.type === "text" && (blank.length ?? 0) > LINE;

function text(blank, pointer, form) {
  const set = (event) => form.set(pointer, event.target.value === "" ? undefined : event.target.value);
  if (!isArea(blank))
    return h("input", {type: blank.type === "date" ? "date" : "text", id: idOf(pointer), autocomplete: "off",
      list: suggestions(blank), value: String(form.get(pointer) ?? ""), oninput: set});
  const area = h("textarea", {id: idOf(pointer), rows: "1", class: blank.length > LONG || blank.tongue ? null : "growing", oninput: set});
  area.value = form.get(pointer) ?? "";
  return area;
}

const suggestions = (blank) => ({"/to/-": "known-nodes", "/exercise": "known-exercises", "/body/exercise": "known-exercises"})[blank.pointer] ?? null;

const between = (blank) => blank.minimum !== undefined && blank.maximum !== undefined;

// A handful of numbers is chosen, any other typed.
function number(blank, pointer, form) {
  const set = (value) => form.set(pointer, value === "" ? undefined : Number(value));
  const value = form.get(pointer);
  if (between(blank) && blank.maximum - blank.minimum < 12) {
    const among = Array.from({length: blank.maximum - blank.minimum + 1}, (_, i) => ({value: blank.minimum + i}));
    return options(pointer, among, value, (chosen) => set(chosen));
  }
  return h("input", {type: "number", step: "1", id: idOf(pointer), value: String(value ?? ""),
    min: String(blank.minimum ?? ""), max: String(blank.maximum ?? ""), oninput: (event) => set(event.target.value)});
}

// A marking is known by its own name as well.
const said = (pointer, one) => (!one.words ? String(one.value) : pointer === "/marking" ? `${one.value}: ${pick(one.words)}` : pick(one.words));

function options(pointer, among, value, set) {
  const known = value === undefined || among.some((one) => one.value === value);
  const list = known ? among : [...among, {value}];
  return h("select", {id: idOf(pointer), onchange: (event) => set(event.target.value)}, h("option", {value: ""}, "—"),
    list.map((one) => h("option", {value: String(one.value), selected: one.value === value}, said(pointer, one))));
}

function choice(blank, pointer, form) {
  return options(pointer, blank.among, form.get(pointer), (chosen) =>
    form.set(pointer, blank.among.find((one) => String(one.value) === chosen)?.value));
}

function truth(blank, pointer, form) {
  const words = [{value: true, words: say("yes")}, {value: false, words: say("no")}];
  return options(pointer, words, form.get(pointer), (chosen) => form.set(pointer, chosen === "" ? undefined : chosen === "true"));
}

const two = (value) => String(value).padStart(2, "0");

// As an input of this place's time wants it.
function local(rfc3339) {
  const date = new Date(rfc3339);
  if (!rfc3339 || Number.isNaN(date.getTime())) return "";
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

// Typed by the clock on the wall, written in UTC, which is said beside it.
function time(blank, pointer, form) {
  const utc = h("output", {for: idOf(pointer), class: "utc"});
  const tell = () => replace(utc, form.get(pointer) ? moment(form.get(pointer)) : say("time of this place"));
  const set = (date) => {
    form.set(pointer, Number.isNaN(date.getTime()) ? undefined : date.toISOString());
    tell();
  };
  const input = h("input", {type: "datetime-local", step: "1", id: idOf(pointer), value: local(form.get(pointer)),
    oninput: () => set(new Date(input.value))});
  const button = h("button", {type: "button", onclick: () => {
    const date = new Date(Math.floor(now() / 1000) * 1000);
    input.value = local(date.toISOString());
    set(date);
  }}, say("Now"));
  tell();
  return h("div", {class: "row"}, input, button, utc);
}

const named = (value) => (value?.author ? `${value.author}/${value.id ?? ""}` : "");

function reference(value) {
  const [author, id] = value.split("/", 2);
  return value === "" ? undefined : {author: author.trim(), id: (id ?? "").trim()};
}

// Of what came and went lately, or by its name.
function message(blank, pointer, form) {
  const value = named(form.get(pointer));
  const known = form.recent.some((row) => `${row.from}/${row.id}` === value);
  const input = h("input", {type: "text", value, hidden: !value || known, placeholder: "AUTHOR/ID", autocomplete: "off",
    "aria-label": say("Author and id of the message"), oninput: () => form.set(pointer, reference(input.value.trim()))});
  const select = h("select", {id: idOf(pointer), onchange: () => {
    input.hidden = select.value !== "other";
    if (select.value === "other") input.focus();
    form.set(pointer, reference(select.value === "other" ? input.value.trim() : select.value));
  }}, h("option", {value: ""}, "—"),
  form.recent.map((row) => h("option", {value: `${row.from}/${row.id}`, selected: `${row.from}/${row.id}` === value},
    `${row.number ? `#${row.number} ` : ""}${harmless(pick(row.summary)) || kind(row.kind)} (${row.from}, ${(row.time ?? row.sent ?? "").slice(0, 16).replace("T", " ")} UTC)`)),
  h("option", {value: "other", selected: Boolean(value) && !known}, say("another message ...")));
  return h("div", {}, select, input);
}

const DRAWN = {text, number, truth, moment: time, reference: message};

function control(blank, pointer, form) {
  if (blank.type === "file") return dropped(pointer, form, idOf(pointer));
  return (blank.among ? choice : DRAWN[blank.type] ?? text)(blank, pointer, form);
}

// What is said below the label of where it comes from that it is wanted.
function help(blank) {
  const parts = [];
  if (between(blank) && blank.maximum - blank.minimum >= 12) parts.push(say("from {least} to {most}", {least: blank.minimum, most: blank.maximum}));
  if (blank.by) parts.push(say("wanted by paragraph {cites}", {cites: blank.by.cites}));
  return parts.length ? parts.join("; ") : null;
}

const star = (blank) => (blank.needed && !blank.tongue ? h("span", {class: "needed"}, " (", say("needed"), ")") : null);

// The frame of every field: where its errors are said, and found by the pointer.
export function frame(pointer, label, inside, note = null) {
  return h("div", {class: "field", "data-pointer": pointer}, label, note ? h("div", {class: "help", id: `${idOf(pointer)}-help`}, note) : null, inside,
    h("p", {class: "wrong-text", id: `${idOf(pointer)}-wrong`, hidden: true}));
}

export function field(blank, pointer, form) {
  const inside = control(blank, pointer, form);
  const note = help(blank);
  const input = inside.matches?.("input, select, textarea") ? inside : inside.querySelector("input, select, textarea");
  if (note) input?.setAttribute("aria-describedby", `${idOf(pointer)}-help`);
  return frame(pointer, h("label", {for: idOf(pointer)}, pick(blank.words), star(blank)), inside, note);
}

// A list of words of which each is there or not.
function boxes(blank, pointer, form) {
  const chosen = new Set(form.get(pointer) ?? []);
  return h("div", {class: "boxes"}, blank.among.map(({value, words}, i) => {
    const id = `${idOf(pointer)}-${i}`;
    return h("div", {class: "row"}, h("input", {type: "checkbox", id, checked: chosen.has(value), onchange: (event) => {
      if (event.target.checked) chosen.add(value);
      else chosen.delete(value);
      form.set(pointer, chosen.size ? blank.among.map((one) => one.value).filter((one) => chosen.has(one)) : undefined);
    }}), h("label", {for: id}, words ? pick(words) : String(value)));
  }));
}

// Several of anything, at first `least`: `draw(pointer of one, its number)` makes the
// fields of one.  What is removed gives its place to those behind it, so all are drawn anew.
export function several(pointer, form, words, draw, least = 0) {
  const list = h("div", {class: "several"});
  const count = () => form.get(pointer)?.length ?? 0;
  const again = (shown, focus) => {
    replace(list, Array.from({length: shown}, (_, i) => h("div", {class: "one"}, draw(`${pointer}/${i}`, i),
      h("button", {type: "button", "aria-label": say("Remove {what} {n}", {what: words, n: i + 1}), onclick: () => {
        if (i < count()) form.set(`${pointer}/${i}`, undefined);
        if (!count()) form.set(pointer, undefined);
        again(Math.max(0, shown - 1), i);
      }}, say("Remove")))),
    h("button", {type: "button", "data-add": pointer, onclick: () => again(shown + 1, shown)}, say("Add"), h("span", {class: "quiet"}, ` ${words}`)));
    if (focus !== undefined) (list.children[focus]?.querySelector("input, select, textarea") ?? list.lastChild).focus();
  };
  list.addEventListener("files", ({detail: {pointer: place, files}}) => {
    const at = Number(place.slice(pointer.length + 1).split("/")[0]), shown = list.querySelectorAll(":scope > .one").length;
    again(shown + files.length - 1);
    files.forEach((file, i) => list.children[i ? shown + i - 1 : at].querySelector(".drop").take(file));
  });
  again(Math.max(count(), least));
  return list;
}

export function listed(blank, form) {
  const pointer = blank.pointer.replace(/\/-$/, "");
  const words = pick(blank.words);
  const inside = blank.among ? boxes(blank, pointer, form)
    : several(pointer, form, words, (one, i) => frame(one, h("label", {for: idOf(one), class: "quiet"}, `${words} ${i + 1}`), control(blank, one, form)), blank.needed ? 1 : 0);
  return h("fieldset", {"data-pointer": pointer}, h("legend", {}, words, star(blank)), help(blank) ? h("div", {class: "help"}, help(blank)) : null, inside,
    h("p", {class: "wrong-text", id: `${idOf(pointer)}-wrong`, hidden: true}));
}
