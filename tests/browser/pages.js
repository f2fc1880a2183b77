// pages - each page as axe sees it, in the light and in the dark, and twice as large.

import {Desk, equal, ok, test, world} from "./desk.js";

const PAGES = ["queue", "messages", "write", "drafts", "held", "key", "exercises", "feeds", "nodes", "officials", "plans",
  "suspensions", "statistics"];
const LIGHT = {dark: false, width: 1280, height: 900};
const LARGE = {...LIGHT, width: 640, height: 450}; // 200 % of a window of 1280 points

async function look(desk, hash) {
  await desk.like(LIGHT);
  await desk.go(hash);
  ok(!(await desk.count("main > .wrong-text")), `${hash}: it is shown`, await desk.text("main"));
  equal(await desk.axe(), [], `${hash}: axe finds nothing`);
  await desk.like({...LIGHT, dark: true});
  equal(await desk.axe(["color-contrast"]), [], `${hash}: nor in the dark`);
  await desk.like(LARGE);
  equal(await desk.wide(), [], `${hash}: twice as large, nothing is wider than the window`);
}

// What is drawn is what the table beside it says, and the CSV.
async function figures(desk) {
  await desk.go("#/statistics");
  const drawn = await desk.page.$$eval("[data-table=levels] svg .bar title", (list) => list.map((one) => Number(one.textContent.split(": ")[1])));
  const cells = await desk.texts("[data-table=levels] tbody td");
  equal(drawn, cells.map(Number).filter(Boolean), "the chart has a bar for each figure of its table");
  ok(await desk.count("[data-table=levels] svg[role=img][aria-label]"), "and a name for who does not see it");
  const csv = await desk.page.$eval("[data-csv=levels]", async (link) => (await fetch(link.href)).text());
  const [head, row] = csv.trim().split("\r\n").map((line) => line.split(","));
  equal([JSON.parse(head[0]), row.slice(1)], ["period", cells], "its CSV says the same");
}

// What lists say of a message is of that message, and leads to it.
async function lists() {
  const desk = await Desk.sit("telecom", "maral"), opening = await world.opening();
  await desk.go("#/exercises");
  const cells = await desk.texts("main tbody td");
  equal(cells[0], "nccis", "an exercise says who opened it");
  ok(/\d/.test(cells[1]), "and when", cells);
  equal(await desk.page.$eval("main tbody a.button:last-child", (link) => decodeURIComponent(link.hash)),
    `#/write/exercise.joining?re=nccis/${opening}`, "one joins that exercise");
  await desk.go("#/suspensions");
  equal(await desk.page.$$eval("main article", (list) => list.map((one) => one.dataset.id)), [await world.suspension()], "a suspension is the message of it");
  desk.fine("lists");
}

// What is here without the hub is not taken for all there is.
async function alone(desk, incident) {
  await world.hub_stops();
  await desk.go("#/queue");
  await desk.go(`#/incident/isoc-energy/${incident}`);
  await desk.sees("an incident says that it is what is here", "main .banner.backlog");
}

await test(async () => {
  const incident = await world.incident();
  const desk = await Desk.sit("nccis", "aigul", {language: "kk"});
  for (const page of PAGES) await look(desk, `#/${page}`);
  for (const hash of [`#/message/${incident}`, `#/incident/isoc-energy/${incident}`, "#/write/advisory", "#/write/call"])
    await look(desk, hash);
  await figures(desk);
  await lists();
  await alone(desk, incident);
  desk.fine("all pages");
});
