// queue - what this node owes, by the time that is left, and what nobody has answered.
//
// One list: who looks at it at three in the morning reads the first line and acts.

import {answer} from "./answer.js";
import {get, post} from "./api.js";
import {follow, now} from "./live.js";
import {address, amended, item, kind, level, marking, practice, summary, wrong} from "./parts.js";
import {foreign, h, moment, name, replace, span} from "./text.js";
import {say, word} from "./words.js";

export const title = () => say("Queue");

const remaining = (duty) => Date.parse(duty.due) - now();

function left(duty) {
  const ms = remaining(duty);
  const state = ms < 0 ? "overdue" : duty.state === "near" ? "near" : "";
  return h("span", {class: `left ${state}`, "data-due": duty.due, "data-state": duty.state},
    ms < 0 ? say("{time} over", {time: span(ms, say)}) : say("{time} left", {time: span(ms, say)}));
}

// Said again every second, without drawing anything else.
function tick(main) {
  for (const element of main.querySelectorAll("[data-due]")) {
    const ms = Date.parse(element.dataset.due) - now();
    element.textContent = ms < 0 ? say("{time} over", {time: span(ms, say)}) : say("{time} left", {time: span(ms, say)});
    element.classList.toggle("overdue", ms < 0);
  }
}

function seen(duty, main, again) {
  if (!duty.message) return null;
  if (duty.seen)
    return h("p", {class: "faint"}, say("seen by"), " ", name(duty.seen.officer), " ", moment(duty.seen.at), ", ",
      say("comes back at"), " ", moment(duty.seen.until));
  return h("button", {type: "button", onclick: async () => {
    const {number, id} = duty.message;
    await post("seen", {number, id}).catch((error) => main.prepend(wrong(error)));
    again();
  }}, say("I have seen it"));
}

function actions(duty, main, again) {
  if (!duty.mine || !duty.message) return null;
  return h("div", {class: "row"},
    h("button", {type: "button", class: "first", onclick: () => answer(duty, again)}, say("Answer")),
    h("a", {class: "button", href: address(duty.message)}, say("Open")), seen(duty, main, again));
}

function dutyCard(duty, main, again) {
  const state = remaining(duty) < 0 ? "overdue" : duty.state === "near" ? "near" : "";
  return h("li", {class: `card ${state} ${duty.exercise ? "exercise" : ""}`, "data-duty": duty.duty},
    h("header", {}, left(duty), h("span", {class: `tag ${state}`}, word("duty", duty.state)),
      duty.exercise ? h("strong", {class: "tag exercise"}, say("EXERCISE"), " ", foreign(duty.exercise)) : null,
      duty.message ? amended(duty.message) : null),
    h("p", {}, duty.mine ? h("strong", {}, say("This node owes")) : [name(duty.debtor), " ", say("owes")], " ",
      kind(duty.met_by), ", ", say("towards"), " ", name(duty.towards), ". ",
      h("span", {class: "faint"}, say("paragraph"), " ", foreign(duty.cites))),
    duty.message ? h("p", {}, h("a", {href: address(duty.message)}, summary(duty.message)), " ", h("span", {class: "faint"}, name(duty.message.from)))
      : null,
    h("p", {class: "faint"}, say("due"), " ", moment(duty.due)), actions(duty, main, again));
}

function groupCard(group, main, again) {
  const incident = group.incident;
  return h("section", {class: "group"},
    h("h2", {class: "row"}, incident ? h("a", {href: `#/incident/${incident.author}/${incident.id}`}, summary(group)) : summary(group), " ",
      practice(group), level(group.level), group.marking ? marking(group.marking) : null),
    h("ul", {class: "plain"}, group.duties.map((duty) => dutyCard(duty, main, again))));
}

function doubts(queue) {
  return [
    queue.held ? h("p", {class: "banner lost"}, say("The hub's clock is in doubt: nothing falls overdue until its operator accepts it.")) : null,
    queue.stale_since ? h("p", {class: "banner backlog"}, say("The hub was not reached; this is what was owed at"), " ", moment(queue.stale_since)) : null,
  ];
}

function draw(main, queue, again) {
  replace(main, h("h1", {tabindex: "-1"}, title()), doubts(queue),
    queue.alarms.length ? h("section", {"aria-labelledby": "alarms"}, h("h2", {id: "alarms"}, say("Alarms that nobody here has answered")),
      queue.alarms.map((row) => item(row))) : null,
    queue.groups.map((group) => groupCard(group, main, again)),
    !queue.groups.length && !queue.alarms.length ? h("p", {}, say("Nothing is owed.")) : null);
}

export async function show(main) {
  const again = async () => draw(main, await get("queue"), again);
  await again();
  const stop = follow(["queue", "inbox", "sent", "opened"], again, {shared: true});
  const timer = setInterval(() => tick(main), 1000);
  return () => {
    clearInterval(timer);
    stop();
  };
}
