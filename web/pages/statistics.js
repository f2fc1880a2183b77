// statistics - what a supervisor looks at: each figure as a chart, its table beside it, and
// as CSV.

import {get} from "./api.js";
import {across, stacked, strips} from "./chart.js";
import {mark} from "./mark.js";
import {foreign, h, replace, span} from "./text.js";
import {pick, say, word} from "./words.js";

export const title = () => say("Statistics");

const BY = {day: mark("day"), week: mark("week"), month: mark("month")};
const SHOWN = 60; // spans that have room in a chart; the CSV has all
const DAY_MS = 86400000;

const day = (ms) => new Date(ms).toISOString().slice(0, 10);

// What is asked for stands in the address; without it the last 30 days, day by day.
function asked(place) {
  const by = place.query.get("by");
  const date = (name, otherwise) => (/^\d{4}-\d\d-\d\d$/.test(place.query.get(name) ?? "") ? place.query.get(name) : otherwise);
  return {by: by in BY ? by : "day", since: date("since", day(Date.now() - 29 * DAY_MS)), until: date("until", day(Date.now()))};
}

// The last day is in it: the server's end is the beginning of the next.
function question(wanted) {
  const until = Date.parse(`${wanted.until}T00:00:00Z`);
  return new URLSearchParams({since: wanted.since, until: Number.isNaN(until) ? wanted.until : day(until + DAY_MS), by: wanted.by});
}

function field(id, words, input) {
  return h("div", {class: "field"}, h("label", {for: id}, words), input);
}

function choice(wanted) {
  const form = h("form", {class: "card row"},
    field("since", say("from the day"), h("input", {type: "date", id: "since", name: "since", value: wanted.since, required: true})),
    field("until", say("until the day"), h("input", {type: "date", id: "until", name: "until", value: wanted.until, required: true})),
    field("by", say("counted by"), h("select", {id: "by", name: "by"},
      Object.entries(BY).map(([value, words]) => h("option", {value, selected: value === wanted.by}, say(words))))),
    h("button", {type: "submit", class: "first"}, say("Show")), h("span", {class: "faint"}, say("Days are those of UTC.")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    location.hash = `#/statistics?${new URLSearchParams(new FormData(form))}`;
  });
  return form;
}

const level = (column) => (column === "unknown" ? say("level not known") : say("LEVEL {n}", {n: column}));
const sector = (column, table) => (column === "unknown" ? say("sector not known") : pick(table.words?.[column]) || column);
const lasted = (seconds) => (seconds === null ? "" : span(seconds * 1000, say));

// Of a table of counts by time: its newest spans, and each column as a part.
function parts(table, words) {
  const rows = table.rows.slice(-SHOWN);
  return {
    spans: rows.map((row) => row[0]),
    parts: table.columns.slice(1).map((column, i) => ({words: words(column, table), short: column === "unknown" ? "?" : column,
      tone: `level${column}`, values: rows.map((row) => row[i + 1])})).filter((part) => part.values.some(Boolean)),
  };
}

const bar = (value, said, words, tone) => ({value, said: String(said), words, tone});

const SUBJECTS = {
  levels: {
    words: () => say("Incidents by level"),
    heads: (column) => (column === "period" ? say("time") : level(column)),
    chart: (table, given) => stacked({...given, ...parts(table, level)}),
  },
  sectors: {
    words: () => say("Incidents by sector"),
    heads: (column, table) => (column === "period" ? say("time") : sector(column, table)),
    chart: (table, given) => strips({...given, ...parts(table, sector)}),
  },
  answers: {
    words: () => say("Time to answer"),
    heads: (column) => ({kind: say("kind"), asked: say("asked for an answer"), answered: say("answered"), median_s: say("half of them within"),
      p90_s: say("nine of ten within"), worst_s: say("the slowest")})[column],
    cell: (value, column) => (column === "kind" ? word("kind", value) : column.endsWith("_s") ? lasted(value) : String(value)),
    draws: ([, , answered]) => answered,
    chart: (table, given) => across({...given, rows: table.rows.filter((row) => row[2]).map(([kind, , , median, p90]) => ({words: word("kind", kind),
      bars: [bar(median, lasted(median), say("half of them within"), ""), bar(p90, lasted(p90), say("nine of ten within"), "second")]}))}),
  },
  overdue: {
    words: () => say("Duties by role"),
    heads: (column) => ({role: say("role"), open: say("open"), overdue: say("overdue"), met: say("met"), met_late: say("met too late")})[column],
    cell: (value, column) => (column === "role" ? word("role", value ?? "") : String(value)),
    draws: ([, open, overdue, , late]) => open + overdue + late,
    chart: (table, given) => across({...given, rows: table.rows.map(([role, open, overdue, , late]) => ({words: word("role", role ?? ""),
      bars: [bar(overdue, overdue, say("overdue"), "level4"), bar(late, late, say("met too late"), "second"), bar(open, open, say("open"), "")]}))}),
  },
};

const figure = (i) => (i ? {class: "figure"} : {scope: "row"});

function tableOf(subject, table, caption) {
  const cell = subject.cell ?? ((value) => String(value));
  const rows = table.rows.slice(-SHOWN);
  return h("div", {class: "scroll", tabindex: "0", role: "group", "aria-label": caption}, h("table", {}, h("caption", {class: "quiet"}, caption),
    h("thead", {}, h("tr", {}, table.columns.map((column, i) => h("th", {scope: "col", class: i ? "figure" : null}, subject.heads(column, table) ?? foreign(column))))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((value, i) => h(i ? "td" : "th", figure(i), foreign(cell(value, table.columns[i])))))))));
}

// A table of which there is nothing to draw yet stands alone.
function drawn(subject, table, width) {
  return subject.draws && !table.rows.some(subject.draws) ? null : subject.chart(table, {title: subject.words(), width});
}

function section(name, answer, wanted, width) {
  const subject = SUBJECTS[name];
  const table = answer.tables?.[name];
  const heading = h("h2", {id: name}, subject.words());
  const lacking = answer.missing?.[name];
  if (!table) return h("section", {"aria-labelledby": name}, heading, h("p", {role: "status"}, say("These figures cannot be had now:"), " ", foreign(lacking ?? "")));
  const query = question(wanted);
  query.set("table", name);
  query.set("format", "csv");
  return h("section", {"aria-labelledby": name, "data-table": name}, heading,
    table.rows.length ? h("div", {class: "figures"}, drawn(subject, table, width), tableOf(subject, table, subject.words()))
      : h("p", {}, say("There is nothing to count in this time.")),
    table.rows.length > SHOWN || table.more ? h("p", {class: "faint"}, say("Only the newest {n} are shown here.", {n: SHOWN})) : null,
    h("p", {class: "no-print"}, h("a", {class: "button", href: `/api/statistics?${query}`, download: `${name}.csv`, "data-csv": name}, say("Download as CSV"))));
}

export async function show(main, place) {
  const wanted = asked(place);
  const answer = await get(`statistics?${question(wanted)}`);
  const width = Math.max(280, Math.min(620, main.clientWidth - 60));
  replace(main, h("h1", {tabindex: "-1"}, title()), choice(wanted), Object.keys(SUBJECTS).map((name) => section(name, answer, wanted, width)));
}
