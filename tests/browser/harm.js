// harm - a message that would like to be a page, and a clock that is wrong.

import {Desk, equal, ok, test, world} from "./desk.js";

async function text(desk, hash, mark) {
  await desk.go(hash);
  await desk.sees(`${hash}: its text is there as text`, "main", mark.slice(0, mark.indexOf("\u202e")));
  ok((await desk.texts("main .hidden-character")).includes("U+202E"), `${hash}: what turns a line around is shown by its number`);
  ok(!(await desk.text("main")).includes("\u202e"), `${hash}: and turns nothing around`, await desk.text("main"));
  equal(await desk.page.evaluate(() => [window.harmed, document.querySelectorAll("main script, main img").length]), [null, 0], `${hash}: nothing of it runs or is loaded`);
}

// Moves the page's clock by an hour.
const OFF = `{
  const Real = Date;
  Date = class extends Real {
    constructor(...words) { words.length ? super(...words) : super(Real.now() + 3600000); }
    static now() { return Real.now() + 3600000; }
  };
}`;

await test(async () => {
  const [notice, mark] = [await world.notice(), await world.mark()];
  const desk = await Desk.sit("nccis", "aigul");
  for (const hash of ["#/queue", "#/messages", `#/message/${notice}`, `#/incident/isoc-energy/${notice}`, `#/write/incident.update?incident=isoc-energy/${notice}`])
    await text(desk, hash, mark);
  desk.fine("a hostile message");
  const late = await Desk.sit("knb", "berik", {before: OFF});
  await late.there("[data-duty=\"alert.acknowledged\"] .left");
  await late.drawn();
  ok(/^1[0-5] min left$/.test(await late.text("[data-duty=\"alert.acknowledged\"] .left")), "an hour off, the time that is left is the hub's",
    await late.text("[data-duty=\"alert.acknowledged\"]"));
  ok(!(await late.count(".left.overdue")), "and nothing is overdue");
  await late.reach(".banner.alarm a");
  const kept = await late.page.evaluate(async () => {
    const {h, replace} = await import("/text.js");
    const banner = document.querySelector(".banner.alarm"), before = banner.querySelector("a");
    replace(banner.parentElement, h("p", {}, h("a", {href: "#/messages"}, "news")), banner.cloneNode(true));
    return document.activeElement !== before && document.activeElement.getAttribute("href") === before.getAttribute("href");
  });
  ok(kept, "news that draw a page anew leave the focus where it was");
});
