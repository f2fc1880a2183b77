// form - all fields of a message, in groups: what is needed, what the rules look at, and
// what may stay empty.  Where an error is told, it is found by the field's pointer.

import {field, frame, idOf, listed, several} from "./blanks.js";
import {within} from "./pointers.js";
import {h} from "./text.js";
import {pick, say, spoken} from "./words.js";

const TONGUES = {kk: "Қазақша", ru: "Русский", en: "English"};

// What belongs together: blanks of one object, of one list of objects, of one text in
// several languages; else a blank alone.  [{pointer, list, tongues, blanks}]
export function parts(blanks) {
  const found = [];
  for (const blank of blanks) {
    const inside = /^(\/body\/[^/]+)(\/-)?\/[^-]/.exec(blank.pointer);
    const pointer = blank.tongue ? blank.pointer.replace(/\/\w\w$/, "") : inside ? inside[1] : blank.pointer;
    const last = found.at(-1);
    if (last?.pointer === pointer) last.blanks.push(blank);
    else found.push({pointer, list: Boolean(inside?.[2]), tongues: blank.tongue, alone: !inside && !blank.tongue, blanks: [blank]});
  }
  return found;
}

// The languages of one text: tabs, of which the reader's own is open.
function tongues(part, form) {
  const own = part.blanks.map((blank) => blank.pointer.slice(-2));
  let open = own.includes(spoken()) ? spoken() : own[0];
  const mark = (code) => TONGUES[code] + (form.get(`${part.pointer}/${code}`) ? " ✓" : "");
  const tabs = own.map((code) => h("button", {type: "button", role: "tab", lang: code, id: `tab-${idOf(part.pointer)}-${code}`,
    "aria-controls": `panel-${idOf(part.pointer)}-${code}`, onclick: () => choose(code), onkeydown: (event) => {
      const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
      if (step) choose(own[(own.indexOf(code) + step + own.length) % own.length], true);
    }}, mark(code)));
  const panels = part.blanks.map((blank, i) => h("div", {role: "tabpanel", lang: own[i], id: `panel-${idOf(part.pointer)}-${own[i]}`,
    "aria-labelledby": tabs[i].id, oninput: () => (tabs[i].textContent = mark(own[i])), onfocusin: () => choose(own[i])}, field(blank, blank.pointer, form)));
  function choose(code, focus) {
    open = code;
    own.forEach((one, i) => {
      tabs[i].setAttribute("aria-selected", String(one === open));
      tabs[i].tabIndex = one === open ? 0 : -1;
      panels[i].hidden = one !== open;
      if (one === open && focus) tabs[i].focus();
    });
  }
  choose(own.find((one) => form.get(`${part.pointer}/${one}`)) && !form.get(`${part.pointer}/${open}`) ? own.find((one) => form.get(`${part.pointer}/${one}`)) : open);
  return [h("div", {role: "tablist", class: "tabs", "aria-label": say("Language")}, tabs), panels];
}

const some = (part, what) => part.blanks.some((blank) => blank[what]);

const concrete = (blank, part, one) => blank.pointer.replace(`${part.pointer}/-`, one);

function items(part, form, words) {
  return several(part.pointer, form, words, (one) => part.blanks.map((blank) => field(blank, concrete(blank, part, one), form)), some(part, "needed") ? 1 : 0);
}

function legend(part, form) {
  const words = form.parts.find((one) => one.pointer === part.pointer)?.words;
  return words ? pick(words) : pick(part.blanks[0].words);
}

function drawPart(part, form) {
  if (part.alone) return part.blanks[0].listed ? listed(part.blanks[0], form) : field(part.blanks[0], part.pointer, form);
  const words = legend(part, form);
  const inside = part.tongues ? tongues(part, form) : part.list ? items(part, form, words) : part.blanks.map((blank) =>
    (blank.listed ? listed(blank, form) : field(blank, blank.pointer, form)));
  return h("fieldset", {"data-pointer": part.pointer}, h("legend", {}, words, part.tongues && part.blanks[0].needed ? [" (", say("needed"), ")"] : null), inside,
    h("p", {class: "wrong-text", id: `${idOf(part.pointer)}-wrong`, hidden: true}));
}

const isFilled = (part, form) => part.blanks.some((blank) => form.get(blank.pointer.replace(/\/-.*/, "")) !== undefined);
// Beside the status stands of which exercise it is.
const matters = (part) => some(part, "matters") || part.pointer === "/exercise";

function group(id, words, list, form) {
  return list.length ? h("section", {"aria-labelledby": id, class: "card"}, h("h2", {id}, words), list.map((part) => drawPart(part, form))) : null;
}

// The fields in three groups.  `but`: pointers that are drawn elsewhere.
export function draw(form, but = []) {
  const all = parts(form.blanks.filter((blank) => !but.some((pointer) => within(blank.pointer, pointer))));
  const needed = all.filter((part) => some(part, "needed"));
  const looked = all.filter((part) => !needed.includes(part) && matters(part));
  const rest = all.filter((part) => !needed.includes(part) && !looked.includes(part));
  return [
    group("needed", say("Needed"), needed, form), group("looked-at", say("What the rules look at"), looked, form),
    rest.length ? h("details", {class: "card", open: rest.some((part) => isFilled(part, form))}, h("summary", {}, h("h2", {class: "inline"}, say("As may be"))),
      rest.map((part) => drawPart(part, form))) : null,
  ];
}

// A caller is asked in the order that suits the telephone.
export function drawQuestions(form, questions, words) {
  const all = parts(form.blanks);
  return h("section", {"aria-labelledby": "questions", class: "card"}, h("h2", {id: "questions"}, say("Ask the caller")),
    h("ol", {class: "questions"}, questions.map((question) => h("li", {}, h("h3", {}, words(question.ask)),
      question.pointers.flatMap((pointer) => all.flatMap((part) =>
        within(part.pointer, pointer) ? [drawPart(part, form)]
          : part.blanks.filter((blank) => within(blank.pointer, pointer)).map((blank) => field(blank, blank.pointer, form))))))));
}

// Errors

function place(root, pointer) {
  const all = [...root.querySelectorAll("[data-pointer]")];
  for (let wanted = pointer; wanted; wanted = wanted.slice(0, wanted.lastIndexOf("/"))) {
    const found = all.find((one) => one.dataset.pointer === wanted) ?? (wanted === "/body" ? null : all.find((one) => within(one.dataset.pointer, wanted)));
    if (found) return found;
  }
  return null;
}

const inputs = (element) => [...element.querySelectorAll("input, select, textarea, button[data-add]")];

// Where the cursor goes for a pointer, or null where there is no field.
export function inputAt(root, pointer) {
  const all = inputs(place(root, pointer) ?? document.createElement("div"));
  return all.find((one) => !one.closest("[hidden]")) ?? all[0] ?? null;
}

// Say it at the field; returns what is to be focussed.
export function tellWrong(root, pointer, words) {
  const element = place(root, pointer);
  if (!element) return null;
  const text = element.querySelector(":scope > .wrong-text");
  const first = inputAt(root, pointer);
  element.classList.add("wrong");
  text.textContent = words;
  text.hidden = false;
  first?.setAttribute("aria-invalid", "true");
  first?.setAttribute("aria-errormessage", text.id);
  return first ?? null;
}

export function tellRight(root) {
  for (const element of root.querySelectorAll(".wrong")) {
    element.classList.remove("wrong");
    const text = element.querySelector(":scope > .wrong-text");
    if (text) text.hidden = true;
  }
  for (const input of root.querySelectorAll("[aria-invalid]")) {
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-errormessage");
  }
}

// Whatever it lies in is opened first.
export function lead(input) {
  for (let details = input.closest("details"); details; details = details.parentElement.closest("details")) details.open = true;
  const panel = input.closest("[role=tabpanel][hidden]");
  if (panel) document.getElementById(panel.getAttribute("aria-labelledby")).click();
  input.focus();
  input.scrollIntoView({block: "center"});
}
