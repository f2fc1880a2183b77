// app - the frame around every page: who is here, how the hub is, where to go.

import {believe, get} from "./api.js";
import {begin, current, on} from "./live.js";
import {banners, entitle} from "./banners.js";
import {wrong} from "./parts.js";
import {h, name, replace} from "./text.js";
import {languages, learn, say, spoken, word} from "./words.js";
import * as drafts from "./drafts.js";
import * as enrol from "./enrol.js";
import * as held from "./held.js";
import * as incident from "./incident.js";
import * as lists from "./lists.js";
import * as message from "./message.js";
import * as messages from "./messages.js";
import * as queue from "./queue.js";
import * as statistics from "./statistics.js";
import * as write from "./write.js";

// The first step of the address behind "#/" -> a page: {title(), show(main, place)}, which
// may return what to do when it is left.  place: {steps, query}.
const pages = {
  queue, messages, message, incident, write, drafts, held, statistics, key: enrol,
  feeds: lists.feeds, nodes: lists.nodes, officials: lists.officials, plans: lists.plans,
  suspensions: lists.suspensions, exercises: lists.exercises,
};

const side = ["queue", "messages", "write", "drafts", "held", "exercises", "feeds", "nodes", "officials", "plans", "suspensions",
  "statistics", "key"];

export const me = {};
let leave = null;

function place() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  const steps = path.split("/").filter(Boolean).map(decodeURIComponent);
  return {page: steps[0] || "queue", steps: steps.slice(1), query: new URLSearchParams(query ?? "")};
}

function link(page, here) {
  if (page === "nodes" && me.role !== "nccis") return null;
  return h("li", {}, h("a", {href: `#/${page}`, "aria-current": page === here ? "page" : null}, pages[page].title()));
}

function chooseLanguage() {
  const choice = h("select", {id: "language", onchange: async (event) => {
    await learn(event.target.value);
    frame(false);
    document.getElementById("language").focus();
  }}, Object.entries(languages).map(([code, words]) => h("option", {value: code, selected: code === spoken(), lang: code}, words)));
  return h("span", {class: "row"}, h("label", {for: "language", class: "quiet"}, say("Language")), choice);
}

function top() {
  return h("header", {class: "top"}, h("a", {class: "brand", href: "#/queue"}, "Dabyl"),
    h("span", {}, name(me.node), " ", h("span", {class: "faint"}, word("role", me.role))),
    h("span", {id: "hub", role: "status"}),
    h("span", {class: "who"},
      h("span", {}, say("Officer:"), " ", name(me.officer.name)), chooseLanguage()));
}

function hubState() {
  const {status} = current();
  const element = document.getElementById("hub");
  if (element) element.textContent = status?.hub_lost_since || status?.node_lost_since ? say("no connection to the hub") : say("connected to the hub");
}

// Each page draws into a place of its own: one that is left while it still waits for its
// answer draws where nobody looks.  `begins`: its reader goes to where it begins.
async function show(begins = true) {
  const here = place();
  const page = pages[here.page] ?? pages.queue;
  const sheet = h("div", {}, h("p", {class: "faint", role: "status"}, say("One moment ...")));
  leave?.();
  leave = null;
  replace(document.querySelector("main"), sheet);
  entitle(`${page.title()} - ${me.node} - Dabyl`);
  for (const a of document.querySelectorAll("nav.side a"))
    if (a.hash === `#/${here.page}`) a.setAttribute("aria-current", "page");
    else a.removeAttribute("aria-current");
  let done = null;
  try {
    done = await page.show(sheet, here, me);
  } catch (error) {
    replace(sheet, h("h1", {}, page.title()), wrong(error));
  }
  if (!sheet.isConnected) return done?.();
  leave = done ?? null;
  const head = sheet.querySelector("h1");
  head?.setAttribute("tabindex", "-1");
  if (begins) head?.focus({preventScroll: true});
}

function frame(begins = true) {
  const here = place().page;
  replace(document.body,
    h("a", {class: "skip", href: "#main", onclick: (event) => {
      event.preventDefault();
      document.querySelector("main h1")?.focus();
    }}, say("To the page itself")),
    top(), h("div", {id: "banners"}),
    h("div", {class: "frame"},
      h("nav", {class: "side", "aria-label": say("Pages")}, h("ul", {}, side.map((page) => link(page, here)))),
      h("main", {id: "main"})));
  hubState();
  banners(document.getElementById("banners"));
  show(begins);
}

async function start() {
  await learn().catch(() => {});
  try {
    Object.assign(me, await get("me"));
  } catch (error) {
    replace(document.body, h("main", {}, h("h1", {}, "Dabyl"), wrong(error),
      error.status === 401 ? h("p", {}, say("Say `dabyl web` on the node's machine and open the link it prints.")) : null));
    return;
  }
  believe(me);
  window.addEventListener("hashchange", () => show());
  frame();
  begin();
  on("status", hubState);
}

start();
