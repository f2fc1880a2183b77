// hour - an officer's hour, by keyboard alone, in three languages.

import {Desk, equal, ok, test, world} from "./desk.js";

const SAID = {
  kk: {alarm: "Екі қосалқы станция ажыратылды", call: "Пошта серверіне кіре алмаймыз", better: "Пошта сервері жұмыс істемейді", advice: "Шлюзді жаңартыңыз",
    note: "Кезекші топ шақырылды"},
  ru: {alarm: "Две подстанции отключены", call: "Не входим на почтовый сервер", better: "Почтовый сервер не работает", advice: "Обновите шлюз",
    note: "Дежурная смена вызвана"},
  en: {alarm: "Two substations opened", call: "Nobody can log in to the mail server", better: "The mail server is down", advice: "Update the gateway",
    note: "The shift is called in"},
};

const go = (desk, page) => desk.follow(`nav.side a[href="#/${page}"]`);

async function speak(desk, language) {
  const order = Object.keys(SAID);
  await desk.reach("#language");
  for (;;) {
    const spoken = await desk.page.evaluate(() => document.documentElement.lang);
    if (spoken === language) return;
    await desk.key(order.indexOf(spoken) < order.indexOf(language) ? "ArrowDown" : "ArrowUp");
    await desk.until((before) => document.documentElement.lang !== before && document.activeElement.id === "language", spoken);
    await desk.drawn();
  }
}

// A key in this browser, certified by the CA after its request; the key's id.
async function enrol(desk, office = "") {
  await go(desk, "key");
  if (office) await desk.write("#office", office);
  await desk.press("[data-act=make-key]");
  await desk.there(".fingerprint");
  const [request] = await desk.texts("main ol code");
  const certificate = await world.certify(desk.node, desk.officer, request);
  await desk.write("#certificate", certificate, true);
  await desk.press("main form button[type=submit]");
  await desk.sees(`${desk.officer} has a key in this browser that the CA has certified`, "main .good");
  const {certificates: [one]} = await desk.ask("enrolment");
  return one.key;
}

// The dialog shows the text whole and its digest; then the key is used.
async function seal(desk, act = "send") {
  await desk.there("dialog[open] .sealed-text");
  const digest = await desk.text("dialog[open] .digest");
  await desk.press(`dialog[open] [data-act=${act}]`);
  await desk.gone(".sealed-text");
  return digest;
}

// The form that is open is sent; what the node then has in its sent folder.
async function send(desk) {
  await desk.press("#send");
  const digest = await seal(desk);
  await desk.there("[data-sent]");
  const sent = await world.sent(desk.node, await desk.page.$eval("[data-sent]", (element) => element.dataset.sent));
  equal(digest, sent.digest, "the digest that was shown is that of what was sent");
  ok(sent.keys.includes(desk.signer), "and it carries the officer's own signature", sent.keys);
  return sent.document;
}

async function alarm(desk, language) {
  const words = SAID[language];
  await world.alert(4, {[language]: words.alarm});
  await desk.sees("an alert calls from every page", ".banner.alarm[role=alert]", words.alarm);
  await desk.until(() => document.title.startsWith("(1) "));
  await desk.until((before) => Number(document.documentElement.dataset.sounded ?? 0) > before, desk.sounded ?? 0);
  desk.sounded = Number(await desk.page.evaluate(() => document.documentElement.dataset.sounded));
  ok(true, "in the window's title, and aloud");
  await go(desk, "queue");
  await desk.sees("the queue says what is owed, and for how long still", "[data-duty=\"alert.acknowledged\"] .left");
  ok((await desk.page.title()).startsWith("(1) "), "on another page the title says it still", await desk.page.title());
  await desk.follow(".banner.alarm a");
  await desk.sees("it is opened", "main h1", words.alarm);
  return desk.page.evaluate(() => decodeURIComponent(location.hash.split("/")[2].split("?")[0]));
}

async function answer(desk, language) {
  const id = await alarm(desk, language);
  await desk.press("[data-act=answer]");
  await desk.reach("dialog[open] input[name=answer]");
  for (let i = 0; i < 6 && await desk.page.$eval("dialog input:checked", (input) => input.value) !== "accepted"; i++) await desk.key("ArrowDown");
  await desk.write("#note", SAID[language].note);
  await desk.press("dialog[open] button[type=submit]");
  const digest = await seal(desk);
  await desk.sees("the dialog says that it is in the log", "dialog[open] [data-outcome=sent]");
  await desk.press("dialog[open] button[type=button]");
  await desk.gone(".banner.alarm");
  ok(!(await desk.page.title()).startsWith("("), "an alert that is answered is quiet");
  const {answers, opened} = await desk.ask(`messages/${id}`);
  equal(opened.map((one) => one.officer), [desk.officer], "who opened it is kept");
  const {document, keys, digest: sent} = await world.sent(desk.node, answers[0].id);
  equal([document.kind, document.re.id, document.body.answer, document.body.note], ["acknowledgement", id, "accepted", SAID[language].note],
    "the answer is a message about it");
  ok(keys.includes(desk.signer) && digest === sent, "sealed by the officer as it was shown");
  await go(desk, "queue");
  await desk.gone("[data-duty=\"alert.acknowledged\"]");
}

async function call(desk, language) {
  const words = SAID[language];
  await go(desk, "write");
  await desk.follow("main a[href^=\"#/write/call\"]");
  await desk.fill({"/body/reported/name": "S. Caller", "/body/reported/phone": "+77010000000", [`/summary/${language}`]: words.call,
    "/body/detected_at": "now", "/body/sector": "communications", "/body/level": 1, "/body/determination": "suspected"});
  await desk.sees("beside the form stands who would receive it", ".foresee .good-text");
  const notice = await send(desk);
  equal([notice.kind, notice.body.reported.channel, notice.body.reported.name, notice.summary[language]],
    ["incident.notice", "call-centre-1400", "S. Caller", words.call], "what a caller told is a notice");
  return notice;
}

// What was sent is corrected, and the correction withdrawn.
async function amend(desk, language, notice) {
  const words = SAID[language];
  await desk.follow("main a.button.first");
  await desk.follow("[data-act=correct]");
  await desk.fill({[`/summary/${language}`]: words.better});
  const better = await send(desk);
  equal([better.supersedes.id, better.summary[language], better.body.sector], [notice.id, words.better, "communications"], "a correction names what it corrects");
  await desk.follow("main a.button.first");
  await desk.sees("and is shown", "main h1", words.better);
  await desk.follow("[data-act=withdraw]");
  await desk.fill({[`/summary/${language}`]: words.note});
  const withdrawal = await send(desk);
  equal(withdrawal.cancels.id, better.id, "a withdrawal names what it withdraws");
  await go(desk, "messages");
  for (const {id} of [notice, better]) await desk.there(`[data-id="${id}"] .tag.withdrawn`);
  ok(true, "and the list shows that neither stands");
}

async function exercise(desk, language) {
  const name = `north-${language}`;
  await go(desk, "write");
  await desk.follow("a[data-kind=\"exercise.opening\"]");
  await desk.fill({"/body/exercise": name, "/body/opens_at": "now", [`/summary/${language}`]: name});
  equal((await send(desk)).body.exercise, name, "an exercise is opened");
  await go(desk, "exercises");
  await desk.sees("and listed", "main table .exercise", name);
  await go(desk, "write");
  await desk.follow("a[data-kind=advisory]");
  await desk.fill({[`/summary/${language}`]: SAID[language].advice, "/body/description": SAID[language].advice, "/status": "exercise", "/exercise": name});
  await desk.sees("a form for practice says so unmistakably", ".sheet.exercise .banner.exercise", name);
  const practice = await send(desk);
  equal([practice.status, practice.exercise], ["exercise", name], "and what it sends says so as well");
  await desk.follow("main a.button.first");
  await desk.sees("as does its page", "main strong.tag.exercise", name);
}

// What takes two officers is sealed at two desks.
async function together(first, second, language) {
  await go(first, "write");
  await first.follow("a[data-kind=\"suspension.notice\"]");
  await first.fill({"/body/suspended_at": "now", "/body/grounds-0": true, "/body/urgency": "At once"});
  await first.press("[data-add=\"/body/in_interest_of\"]");
  await first.press("[data-add=\"/body/what/resources\"]");
  await first.fill({"/body/what/resources/0": "https://tariff.example/", "/body/in_interest_of/0": "KNB", "/body/decided_by/name": "A. Chairman", "/body/decided_by/office": "chairman", "/body/order/number": "17"});
  await first.reach("#blank-body-order-date");
  await first.page.keyboard.type("11222026");
  await first.fill({[`/summary/${language}`]: SAID[language].advice});
  await first.press("#send");
  const shown = await seal(first, "seal");
  await first.there("main a[href=\"#/held\"].first");
  const [id] = await world.waiting(first.node);
  ok(id, "one officer's seal is not enough: it waits in the node");
  await go(second, "queue");
  await go(second, "held");
  await second.sees("the other officer sees whose seal it has", `[data-id="${id}"]`, first.officer);
  await second.press(`[data-id="${id}"] [data-act=open-seal]`);
  equal(await seal(second), shown, "is shown the same text by the same digest");
  const {document, keys, digest} = await world.sent(second.node, id);
  equal([document.kind, digest], ["suspension.notice", shown], "and sends just that");
  ok(keys.length === 3 && keys.includes(first.signer) && keys.includes(second.signer), "under the seals of the node and of both", keys);
  await second.gone(`[data-id="${id}"]`);
}

async function search(desk, language) {
  await go(desk, "messages");
  await desk.write("#q", SAID[language].better.split(" ").at(-1));
  await desk.key("Enter");
  await desk.until(() => location.hash.includes("q="));
  await desk.sees("a search by a word finds the message", "main article h3", SAID[language].better);
  ok(await desk.count("main article") < 4, "and few others");
}

async function lost(desk) {
  await world.hub(false);
  await desk.sees("a lost hub is louder than silence", ".banner.lost[role=alert]");
  await world.hub(true);
  await desk.gone(".banner.lost");
  ok(true, "and is over when it is there again");
}

await test(async () => {
  const aigul = await Desk.sit("knb", "aigul", {language: "kk"});
  const berik = await Desk.sit("knb", "berik", {language: "ru"});
  const madina = await Desk.sit("nccis", "madina");
  aigul.signer = await enrol(aigul, "chairman");
  berik.signer = await enrol(berik);
  madina.signer = await enrol(madina);
  for (const language of Object.keys(SAID)) {
    for (const desk of [aigul, berik, madina]) await speak(desk, language);
    await answer(aigul, language);
    await amend(madina, language, await call(madina, language));
    await exercise(madina, language);
    await together(aigul, berik, language);
    await search(madina, language);
    await lost(madina);
  }
  for (const desk of [aigul, berik, madina]) desk.fine(desk.officer);
  ok(await world.verify("knb") && await world.verify("nccis"), "dabyl verify proves all that both nodes have");
});
