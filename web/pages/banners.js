// banners - what must not be overlooked on any page: a lost hub, an alarm that nobody has
// answered, a backlog, an exercise that is under way.

import {get} from "./api.js";
import {current, follow, now, on} from "./live.js";
import {address, level, summary} from "./parts.js";
import {calling, hush, onPermitted, permit, ring} from "./sound.js";
import {h, moment, replace, span} from "./text.js";
import {say} from "./words.js";

const LAPSE_MS = 30000;

let calls = ""; // before the window's title
let plain = "";

function lost(status) {
  const since = current().away_since;
  if (since)
    return h("p", {class: "banner lost", role: "alert"}, say("This console has no connection to its node since"), " ", moment(since), ". ",
      say("What is shown is what was known then."));
  if (status?.node_lost_since)
    return h("p", {class: "banner lost", role: "alert"}, say("dabyl-node does not run: nothing arrives and nothing is sent since"), " ",
      moment(status.node_lost_since));
  if (status?.hub_lost_since)
    return h("p", {class: "banner lost", role: "alert"}, say("The connection to the hub is lost since"), " ", moment(status.hub_lost_since),
      ". ", say("Call by telephone what cannot wait."));
  return null;
}

// Browsers let nothing sound before somebody has pressed something: any key will do.
function silent() {
  return calling() ? null : h("p", {class: "banner backlog row", role: "status"}, say("An alarm could not be heard now: press a key, or"), " ",
    h("button", {type: "button", onclick: permit}, say("Switch the sound on")));
}

function alarm(alarms) {
  if (!alarms.length) return null;
  const first = alarms[0];
  return h("div", {class: "banner alarm", role: "alert", "data-alarm": first.id},
    h("span", {class: "row"}, level(first.level), h("a", {href: address(first)}, summary(first)),
      alarms.length > 1 ? h("span", {}, say("and {n} more", {n: alarms.length - 1})) : null,
      h("button", {type: "button", onclick: hush}, say("Quiet for a minute"))));
}

function backlog(queue) {
  const waits = (queue.announced?.length ?? 0) + (queue.announced_more ?? 0);
  if (!waits) return null;
  const grave = queue.announced.filter((one) => one.level && !one.exercise).map((one) => one.level);
  const due = queue.announced.filter((one) => one.due && !one.exercise).map((one) => one.due).sort();
  return h("p", {class: "banner backlog", role: "status"},
    say("The hub has {n} urgent messages for this node that are not delivered yet.", {n: waits}), " ",
    grave.length ? [say("The highest is of level {n}.", {n: Math.max(...grave)}), " "] : null,
    due.length ? [say("The first is due at"), " ", moment(due[0])] : null);
}

function exercise(exercises) {
  return exercises.length === 0 ? null
    : h("p", {class: "banner exercise", role: "status"}, say("EXERCISE"), ": ", exercises.join(", "), ". ",
      say("What is marked so is practice; everything else is real."));
}

// What somebody has just seen does not press until that lapses; it stays in the queue.
const pressing = (queue) => queue.alarms.filter((row) => !row.seen);

const joined = (queue) => [...new Set(queue.groups.map((group) => group.exercise).filter(Boolean))];

// In the window's title, so that a tab in the background says it as well.
function headline(alarms, isLost) {
  calls = alarms.length ? `(${alarms.length}) ` : isLost ? "! ! " : "";
  document.title = calls + plain;
}

// What is open, for the window's title, whatever calls.
export function entitle(words) {
  plain = words;
  document.title = calls + plain;
}

let leave = () => {};

// Drawn anew with the frame: what the one before listened to is let go.
export function banners(place) {
  let queue = {groups: [], alarms: [], announced: []};
  const draw = () => {
    const gone = lost(current().status);
    replace(place, gone, alarm(pressing(queue)), silent(), backlog(queue), exercise(joined(queue)));
    headline(pressing(queue), gone);
  };
  const look = async () => {
    queue = await get("queue").catch(() => queue);
    ring(pressing(queue).length > 0);
    draw();
  };
  leave();
  const stops = [follow(["queue", "inbox", "opened", "sent"], look, {shared: true}), on("status", draw), onPermitted(draw)];
  const timer = setInterval(look, LAPSE_MS); // that a "seen" has lapsed is told by nobody
  leave = () => {
    clearInterval(timer);
    for (const stop of stops) stop();
  };
  return look();
}

export const left = (due) => {
  const ms = Date.parse(due) - now();
  return ms < 0 ? say("{time} over", {time: span(ms, say)}) : say("{time} left", {time: span(ms, say)});
};
