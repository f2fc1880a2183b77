// words - what the console says, in the language of the reader.
//
// English stands in the pages; Kazakh and Russian come from the same catalogue that the
// commands use.  A word that is not there stays English rather than blank.

import {get} from "./api.js";

export const languages = {kk: "Қазақша", ru: "Русский", en: "English"};

let words = {};
let vocabulary = {};
let language = "en";

function wanted() {
  const kept = localStorage.getItem("language");
  if (kept in languages) return kept;
  const offered = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return offered.find((tag) => tag in languages) ?? "en";
}

export async function learn(choice = wanted()) {
  if (!vocabulary.kind) vocabulary = await get("vocabulary").catch(() => ({}));
  words = choice === "en" ? {} : await get(`words?lang=${choice}`).catch(() => ({}));
  language = choice;
  localStorage.setItem("language", choice);
  document.documentElement.lang = choice;
}

export const spoken = () => language;

// say("{n} messages", {n: 3})
export function say(english, values = {}) {
  return fill(words[english] || english, values);
}

// Of a word that means different things in different places.
export function sayAs(context, english) {
  return words[`${context}\u0004${english}`] || words[english] || english;
}

// What people call a word of messages and rules: word("kind", "incident.notice"), and the
// sentence that explains it, or "".
export function word(table, value) {
  const found = vocabulary[table]?.[value];
  return found ? sayAs(table, found.title) : String(value ?? "");
}

export function meaning(table, value) {
  const found = vocabulary[table]?.[value];
  return found?.meaning ? sayAs(table, found.meaning) : "";
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? values[key] : whole));
}

// Of {kk, ru, en}: the reader's language, else another that is there.
export function pick(texts) {
  if (typeof texts === "string") return texts;
  return texts?.[language] || texts?.ru || texts?.kk || texts?.en || Object.values(texts ?? {})[0] || "";
}
