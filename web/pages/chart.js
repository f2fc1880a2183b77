// chart - figures drawn as SVG, made here of elements: no library, and nothing that colour
// alone says.  Beside each chart stands its table; who does not see it misses nothing.

import {h} from "./text.js";

const SPACE = "http://www.w3.org/2000/svg";
const EDGE = 4; // between what is drawn and the chart's edge, in points
const LETTER = 7.5; // how wide a letter is, about

function s(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.flat(Infinity).filter((child) => child !== null));
  return element;
}

const text = (words, x, y, anchor = "start", tone = "") => s("text", {x, y, "text-anchor": anchor, class: tone}, String(words));

// A thing that says what it is when it is pointed at.
const drawn = (tag, attributes, words) => s(tag, attributes, s("title", {}, words));

// One chart, by its name a picture for who reads with ears.
function frame(title, width, height, ...children) {
  return h("figure", {class: "chart"}, s("svg", {viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": title}, ...children));
}

// A round number that is not less: 1, 2, 5, 10, 20, 50, ...
function round(most) {
  for (let step = 1; ; step *= 10)
    for (const factor of [1, 2, 5]) if (factor * step >= most) return factor * step;
}

// Where numbers stand at the axis: from 0 to a round one, at most five of them.
function ticks(most) {
  const top = round(Math.max(1, most));
  const step = top <= 5 ? 1 : top / (String(top)[0] === "2" ? 4 : 5);
  return Array.from({length: Math.round(top / step) + 1}, (_, i) => i * step);
}

// As many names below an axis as have room side by side: the first, and every n-th.
function sparse(names, room) {
  const longest = Math.max(...names.map((one) => one.length)) * LETTER + 12;
  const every = Math.max(1, Math.ceil(longest / room));
  return names.map((one, i) => (i % every ? "" : one));
}

// Bars of parts that lie on each other.  spans: names along the axis; parts: [{words, short,
// tone, values}], one value a span, the lowest first.
export function stacked({title, spans, parts, width}) {
  const height = 260, left = 44, bottom = height - 30, top = 12;
  const room = (width - left - EDGE) / Math.max(1, spans.length);
  const sums = spans.map((_, i) => parts.reduce((sum, part) => sum + part.values[i], 0));
  const marks = ticks(Math.max(0, ...sums));
  const y = (value) => bottom - (value / marks.at(-1)) * (bottom - top);
  const bars = spans.map((span, i) => {
    let below = 0;
    const wide = Math.min(48, room * 0.8), x = left + i * room + (room - wide) / 2;
    return parts.filter((part) => part.values[i]).map((part) => {
      const from = y(below), to = y(below += part.values[i]);
      return [drawn("rect", {x, y: to, width: wide, height: from - to, class: `bar ${part.tone}`}, `${span}, ${part.words}: ${part.values[i]}`),
        wide >= 10 && from - to >= 14 ? text(part.short, x + wide / 2, (from + to) / 2 + 4, "middle", `inside ${part.tone}`) : null];
    });
  });
  return frame(title, width, height,
    marks.map((value) => [s("line", {x1: left, x2: width - EDGE, y1: y(value), y2: y(value), class: "grid"}), text(value, left - 6, y(value) + 4, "end")]),
    bars, sparse(spans, room).map((span, i) => (span ? text(span, left + (i + 0.5) * room, height - 10, "middle") : null)));
}

// A strip of small bars for each of `parts`, all by one scale, its sum at the end.
export function strips({title, spans, parts, width}) {
  const each = 40, names = Math.min(width / 3, 180), sums = 44, height = parts.length * each + 28;
  const room = (width - names - sums) / Math.max(1, spans.length);
  const most = Math.max(1, ...parts.flatMap((part) => part.values));
  const strip = (part, row) => {
    const base = (row + 1) * each - 6;
    const bar = (value, i) => {
      const tall = (value / most) * (each - 14), wide = Math.min(24, room * 0.8);
      return value ? drawn("rect", {x: names + i * room + (room - wide) / 2, y: base - tall, width: wide, height: tall, class: "bar"},
        `${spans[i]}, ${part.words}: ${value}`) : null;
    };
    return [text(shorter(part.words, names), 0, base - 4), s("line", {x1: names, x2: width - sums, y1: base, y2: base, class: "grid"}),
      part.values.map(bar), text(part.values.reduce((a, b) => a + b, 0), width - EDGE, base - 4, "end", "sum")];
  };
  return frame(title, width, height, parts.map(strip),
    sparse(spans, room).map((span, i) => (span ? text(span, names + (i + 0.5) * room, height - 8, "middle") : null)));
}

const shorter = (words, room) => {
  const most = Math.floor(room / LETTER);
  return words.length <= most ? words : `${words.slice(0, most - 1)}…`;
};

// Bars from left to right.  rows: [{words, bars: [{value, said, words, tone}]}]; the name
// stands above its bars, what each is worth at its end.
export function across({title, rows, width}) {
  const thick = 18, head = 22, room = width - 130;
  const most = Math.max(1, ...rows.flatMap((row) => row.bars.map((bar) => bar.value ?? 0)));
  let y = 0;
  const drawnRows = rows.map((row) => {
    const name = text(row.words, 0, y + 15, "start", "name");
    const bars = row.bars.map((bar, i) => {
      const at = y + head + i * (thick + 3), wide = ((bar.value ?? 0) / most) * room;
      return [wide === 0 ? null : drawn("rect", {x: 0, y: at, width: wide, height: thick, class: `bar ${bar.tone}`}, `${row.words}, ${bar.words}: ${bar.said}`),
        text(`${bar.said} ${bar.words}`, wide + 6, at + 14)];
    });
    y += head + row.bars.length * (thick + 3) + 10;
    return [name, bars];
  });
  return frame(title, width, y, drawnRows);
}
