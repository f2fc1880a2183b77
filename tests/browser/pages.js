// pages - each page as axe sees it, in the light and in the dark, and twice as large.

import {Desk, equal, ok, test, world} from "./desk.js";

const PAGES = ["queue", "messages"];
const LIGHT = {dark: false, width: 1280, height: 900};
const LARGE = {...LIGHT, width: 640, height: 450}; // 200 % of a window of 1280 points

async function look(desk, hash) {
  await desk.like(LIGHT);
  await desk.go(hash);
  ok(!(await desk.count("main .wrong-text")), `${hash}: it is shown`, await desk.text("main"));
  equal(await desk.axe(), [], `${hash}: axe finds nothing`);
  await desk.like({...LIGHT, dark: true});
  equal(await desk.axe(["color-contrast"]), [], `${hash}: nor in the dark`);
  await desk.like(LARGE);
  equal(await desk.wide(), [], `${hash}: twice as large, nothing is wider than the window`);
}

await test(async () => {
  const incident = await world.incident();
  const desk = await Desk.sit("nccis", "aigul", {language: "kk"});
  for (const page of PAGES) await look(desk, `#/${page}`);
  for (const hash of [`#/message/${incident}`])
    await look(desk, hash);
  desk.fine("all pages");
});
