// pictures - three for README: what is owed, what happened, and what would come of a message.

import {Desk, test, world} from "./desk.js";

const SIZE = {width: 1080, height: 720};

await test(async () => {
  const place = await world.place(), incident = await world.incident();
  const picture = async (desk, name) => {
    await desk.key("Tab"); // whoever pressed a key is heard
    await desk.until(() => !document.querySelector(".banner button + button, .banner.backlog"));
    await desk.page.screenshot({path: `${place}/${name}.png`});
  };
  const security = await Desk.sit("knb", "aigul", {language: "en", ...SIZE});
  await security.there("[data-duty=\"alert.acknowledged\"] .left");
  await picture(security, "queue");
  const centre = await Desk.sit("nccis", "daniyar", {language: "ru", dark: true, ...SIZE});
  await centre.go(`#/incident/isoc-energy/${incident}`);
  await picture(centre, "incident");
  const writer = await Desk.sit("nccis", "madina", {language: "kk", ...SIZE});
  await writer.go("#/write/incident.notice");
  await writer.fill({"/summary/kk": "Қосалқы станция басқаруға жауап бермейді", "/body/level": 3, "/body/object": "obj-grid-1", "/body/sector": "power-supply", "/body/determination": "confirmed"});
  await writer.there(".foresee .good-text");
  await writer.page.evaluate(() => scrollTo(0, 0));
  await picture(writer, "write");
});
