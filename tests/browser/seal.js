// seal - two officers, two desks, two keys that no script has ever seen.

import {Desk, equal, note, ok, test, world} from "./desk.js";

const text = (desk, selector) => desk.page.$eval(selector, (element) => element.textContent);

// A key is made in the browser and certified as the page says.
async function enrol(desk, office) {
  await desk.go("#/key");
  await desk.sees(`${desk.officer} has no key here at first`, "main", "no key of yours in this browser");
  if (office) await desk.write("#office", office);
  await desk.press("[data-act=make-key]");
  await desk.there(".fingerprint");
  equal(await desk.axe(), [], "axe finds nothing while it is enrolled");
  const {requests} = await desk.ask("enrolment");
  const {fingerprint, pem} = await world.certify(desk.officer, requests[0].file);
  equal(await text(desk, ".fingerprint"), fingerprint, "the page shows the digits that the CA sees");
  await desk.write("#certificate", pem.trim());
  await desk.press("form button[type=submit]");
  await desk.sees("certified, it can seal", "p.good", "This browser can seal for you until");
  equal(await desk.page.evaluate(async () => {
    const {keyOf} = await import("/keys.js");
    const key = await keyOf(await (await fetch("/api/me")).json());
    return crypto.subtle.exportKey("pkcs8", key.privateKey).then(() => "it is out", (error) => error.name);
  }), "InvalidAccessError", "and its key cannot be taken out");
}

const hold = (desk, document) => desk.page.evaluate(async (fields) => (await (await import("/api.js")).post("hold", {document: fields})).id, document);

async function begin(desk, id) {
  await desk.there(`[data-id="${id}"] [data-act=open-seal]`);
  await desk.press(`[data-id="${id}"] [data-act=open-seal]`);
  await desk.there("dialog[open] .digest");
}

await test(async () => {
  const aigul = await Desk.sit("isoc-energy", "aigul"), berik = await Desk.sit("isoc-energy", "berik", {language: "kk"});
  await aigul.go("#/held");
  await aigul.sees("nothing waits at first", "main", "Nothing waits");

  const notice = await world.notice();
  const unkeyed = await hold(berik, notice);
  await berik.go("#/held");
  await berik.press(`[data-id="${unkeyed}"] [data-act=open-seal]`);
  await berik.sees("who has no key is told of the terminal", "dialog[open] pre", `dabyl cosign ${unkeyed}`);
  equal(await berik.axe(), [], "axe finds nothing in that dialog");
  await berik.key("Escape");
  await berik.gone("dialog");

  note("both make keys");
  await enrol(aigul, "head");
  await inEnglish(berik);
  await enrol(berik, "");

  note("one seals, the other sends");
  await aigul.go("#/held");
  await begin(aigul, unkeyed);
  const held = await aigul.ask(`held/${unkeyed}`);
  equal((await text(aigul, "dialog .digest")), held.digest, "the digest is shown");
  equal((await text(aigul, "dialog .sealed-text")).replaceAll("U+202E", "\u202e"), held.text, "and the whole text, with what is hidden");
  equal(await aigul.axe(), [], "axe finds nothing in the dialog of sealing");
  equal(await aigul.page.evaluate(() => document.activeElement.dataset.act), "cancel", "what is not meant seals nothing");
  await aigul.key("Enter");
  await aigul.gone("dialog");
  equal((await aigul.ask(`held/${unkeyed}`)).signatures.length, 1, "who says no has not sealed");
  await begin(aigul, unkeyed);
  await aigul.press("dialog [data-act=seal]");
  await aigul.sees("the first has sealed", "main", "aigul (head)");
  await berik.go("#/held");
  await berik.sees("the other desk sees it", "main", "aigul (head)");
  await begin(berik, unkeyed);
  await berik.sees("and in the dialog", "dialog", "aigul (head)");
  await berik.press("dialog [data-act=send]");
  await berik.sees("it goes", "main", "Nothing waits");
  equal(await world.seal_of(unkeyed), 3, "under the node's seal and both officers'");
  equal(await world.verify("isoc-energy"), 1, "and verifies");

  note("what is discarded");
  const dropped = await hold(aigul, notice);
  await aigul.there(`[data-id="${dropped}"]`);
  await aigul.press(`[data-id="${dropped}"] [data-act=open-discard]`);
  await aigul.press("dialog [data-act=discard]");
  await aigul.sees("a person discards it", "main", "Nothing waits");
  ok(!(await aigul.ask("held")).length, "and it is gone");
  for (const desk of [aigul, berik]) desk.fine(desk.officer);
});

async function inEnglish(desk) {
  await desk.page.evaluate(() => localStorage.setItem("language", "en"));
  await desk.page.reload({waitUntil: "load"});
  await desk.there("nav.side a");
}
