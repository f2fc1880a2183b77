// desk - an officer at a browser: what is on the screen, the keyboard, and what axe says of it.
//
// A script of this folder is called with the world's folder and the one of its packages, and
// talks with tests/python/browsing.py line by line.  Nothing here waits for a time: only for
// what a page shows, as long as PATIENCE_MS.

import {createRequire} from "node:module";
import {readFileSync} from "node:fs";
import {createInterface} from "node:readline";

const [folder, packages] = process.argv.slice(2);
const require = createRequire(`${packages}/`);
const {default: puppeteer} = require("puppeteer-core");
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const PATIENCE_MS = 30000;
const TABS = 400; // of one page, before something cannot be reached

const tell = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

export const ok = (good, name, detail = "") => {
  tell({ok: Boolean(good), name, detail: typeof detail === "string" ? detail : JSON.stringify(detail)});
  return good;
};
export const equal = (got, wanted, name) =>
  ok(JSON.stringify(got) === JSON.stringify(wanted), name, `got    ${JSON.stringify(got)}\nwanted ${JSON.stringify(wanted)}`);
export const note = (text) => tell({note: text});

const answers = createInterface({input: process.stdin})[Symbol.asyncIterator]();
let last = Promise.resolve();

// What is beyond the pages: the world answers one question after the other.
export const world = new Proxy({}, {get: (_, call) => (...words) => {
  last = last.catch(() => {}).then(async () => {
    tell({call, with: words});
    const {value, done} = await answers.next();
    if (done) throw new Error("the world is gone");
    const answer = JSON.parse(value);
    if ("error" in answer) throw new Error(answer.error);
    return answer.value;
  });
  return last;
}});

let browser = null;

// In the page: how many requests have no answer yet.
function countAsked() {
  const real = window.fetch;
  window.asked = 0;
  window.fetch = async (...words) => {
    window.asked++;
    try {
      const answer = await real(...words);
      await answer.clone().arrayBuffer();
      return answer;
    } finally {
      setTimeout(() => window.asked--);
    }
  };
}

// In the page: is this what the keyboard is at?
const focused = (selector) => document.activeElement?.matches(selector) ?? false;
const shown = (selector, text) => [...document.querySelectorAll(selector)].some((element) =>
  element.getClientRects().length && (element.innerText ?? "").includes(text));

export class Desk {
  // An officer at this node's console, in a profile of their own.
  static async sit(node, officer, options = {}) {
    const desk = new Desk();
    desk.context = await browser.createBrowserContext();
    desk.page = await desk.context.newPage();
    desk.node = node;
    desk.officer = officer;
    await desk.prepare(options);
    await desk.page.goto(await world.link(node, officer), {waitUntil: "load"});
    await desk.there("nav.side a");
    return desk;
  }

  // Another window of the same officer.
  async window(options = {}) {
    const desk = new Desk();
    Object.assign(desk, {context: this.context, page: await this.context.newPage(), node: this.node, officer: this.officer});
    await desk.prepare(options);
    await desk.page.goto(this.page.url(), {waitUntil: "load"});
    await desk.there("nav.side a");
    return desk;
  }

  // How the window is: its colours, and its size in points.
  async like({dark = false, width = 1280, height = 900}) {
    await this.page.emulateMediaFeatures([{name: "prefers-color-scheme", value: dark ? "dark" : "light"}]);
    await this.page.setViewport({width, height});
  }

  async prepare({language = "en", before = null, ...look}) {
    const {page} = this;
    this.faults = [];
    page.setDefaultTimeout(PATIENCE_MS);
    await this.like(look);
    await page.evaluateOnNewDocument((code) => localStorage.getItem("language") ?? localStorage.setItem("language", code), language);
    await page.evaluateOnNewDocument(countAsked);
    if (before) await page.evaluateOnNewDocument(before);
    page.on("pageerror", (error) => this.faults.push(`error: ${error.message}`));
    page.on("console", (message) => {
      const text = message.text();
      // That a request failed the page itself says; what a policy forbids nobody else does.
      if (message.type() === "error" && !/Failed to load resource|ERR_CONNECTION|ERR_INCOMPLETE/.test(text)) this.faults.push(text);
    });
    page.on("dialog", (dialog) => {
      this.faults.push(`a dialog: ${dialog.message()}`);
      dialog.dismiss();
    });
  }

  // --- what is on the screen

  // In the page, when it is true of it; as long as it takes.
  async until(test, ...given) {
    try {
      return await this.page.waitForFunction(test, {polling: 50, timeout: PATIENCE_MS}, ...given);
    } catch (error) {
      throw new Error(`${error.message}: ${given}\n${error.stack}\nThe page:\n${await this.text("body")}`);
    }
  }

  there(selector, text = "") {
    return this.until(shown, selector, text);
  }

  gone(selector) {
    return this.until((wanted) => !document.querySelector(wanted), selector);
  }

  async sees(name, selector, text = "") {
    const found = await this.there(selector, text).then(() => true, () => false);
    return ok(found, name, found ? "" : `no ${selector} with "${text}" in:\n${await this.text("body")}`);
  }

  text(selector) {
    return this.page.$eval(selector, (element) => element.innerText).catch(() => "");
  }

  texts(selector) {
    return this.page.$$eval(selector, (list) => list.map((element) => element.innerText));
  }

  count(selector) {
    return this.page.$$eval(selector, (list) => list.length);
  }

  ask(path) {
    return this.page.evaluate(async (where) => (await fetch(`/api/${where}`)).json(), path);
  }

  // The page behind this address, drawn.
  async go(hash) {
    await this.page.evaluate((to) => {
      document.querySelector("main h1")?.setAttribute("data-before", "");
      location.hash = to;
    }, hash);
    await this.drawn();
  }

  // A page is there once nothing is asked any more of what it shows.
  drawn() {
    return this.until(() => document.querySelector("main h1") && !document.querySelector("main h1[data-before]") && !window.asked);
  }

  // --- the keyboard

  async key(...names) {
    for (const name of names) await this.page.keyboard.press(name);
  }

  // By Tab alone to the first element that this selector means.
  async reach(selector) {
    await this.there(selector);
    for (let i = 0; i < TABS; i++) {
      if (await this.page.evaluate(focused, selector)) return;
      await this.key("Tab");
    }
    throw new Error(`the keyboard does not reach ${selector}`);
  }

  async press(selector, key = "Enter") {
    await this.reach(selector);
    await this.key(key);
  }

  // Where a link leads to, drawn.
  async follow(selector) {
    await this.reach(selector);
    const from = await this.page.evaluate(() => {
      document.querySelector("main h1")?.setAttribute("data-before", "");
      return location.hash;
    });
    await this.key("Enter");
    await this.until((before) => location.hash !== before, from);
    await this.drawn();
  }

  // In the place of what stands there: letter by letter, or as it comes from a clipboard.
  async write(selector, text, pasted = false) {
    await this.reach(selector);
    await this.page.keyboard.down("Control");
    await this.key("a");
    await this.page.keyboard.up("Control");
    if (pasted) await this.page.keyboard.sendCharacter(text);
    else await this.page.keyboard.type(text);
  }

  // Whatever it lies in folded is opened.
  async unfold(selector) {
    const folded = () => this.page.$eval(selector, (element) => {
      const outer = element.closest("details:not([open])");
      outer?.firstElementChild.setAttribute("data-unfold", "");
      return Boolean(outer);
    });
    while (await folded()) await this.press("details:not([open]) > [data-unfold]");
  }

  // Fields of a form by their pointers.  A moment is taken from the clock: {"/body/opens_at": "now"}.
  async fill(values) {
    for (const [pointer, value] of Object.entries(values)) {
      const field = `#blank${pointer.replaceAll("/", "-")}`;
      if (value !== "now") await this.unfold(field);
      if (value === "now") await this.press(`[data-pointer="${pointer}"] button`);
      else if (value === true) await this.press(field, "Space");
      else if (await this.page.$eval(field, (element) => element.tagName) === "SELECT") await this.choose(field, String(value));
      else await this.write(field, String(value));
    }
  }

  // A value of a list, by its arrows.
  async choose(selector, value) {
    await this.reach(selector);
    await this.key("Home");
    const values = await this.page.$eval(selector, (list) => [...list.options].map((one) => one.value));
    for (let i = 0; i < values.length; i++) {
      if (await this.page.evaluate(() => document.activeElement.value) === value) return;
      await this.key("ArrowDown");
    }
    throw new Error(`${selector} has not ${value}: ${values}`);
  }

  // --- what is wrong with it

  // What axe finds: by all its rules, or by these.
  async axe(rules = null) {
    if (!(await this.page.evaluate(() => "axe" in window))) await this.page.evaluate(AXE);
    return this.page.evaluate(async (only) => {
      const found = await window.axe.run(document, {resultTypes: ["violations"], ...(only ? {runOnly: only} : {})});
      const where = (node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`;
      return found.violations.map((one) => `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map(where).join(" | ")}`);
    }, rules);
  }

  // Is anything wider than the window?
  wide() {
    return this.page.evaluate(() => {
      const room = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= room) return [];
      return [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > room + 1 && !one.closest(".scroll *"))
        .slice(-3).map((one) => one.outerHTML.slice(0, 160));
    });
  }

  fine(name) {
    return equal(this.faults.splice(0), [], `${name}: no script failed and nothing was forbidden`);
  }

  async leave() {
    await this.context.close();
  }
}

// The whole of a script.
export async function test(run) {
  browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    pipe: true, // it ends with us, however we end
    userDataDir: `${folder}/chromium`,
    args: [...(process.getuid() === 0 ? ["--no-sandbox"] : []), "--disable-dev-shm-usage", "--lang=en-US", "--autoplay-policy=document-user-activation-required"],
  });
  try {
    await run();
  } catch (error) {
    ok(false, "it goes as planned", error.stack);
  }
  await browser.close();
  tell({end: true});
  process.exit(0);
}
