// What an open page asks while messages come in a burst: {"burst": n} -> how often it
// looked, how many of them at a time, and what a page that was left asked.

import {readFileSync} from "node:fs";

const heard = {};
globalThis.EventSource = class {
  addEventListener(name, call) {
    heard[name] = call;
  }
};
const {begin, follow} = await import("./pages/live.js");
const {burst} = JSON.parse(readFileSync(0, "utf8"));

let looks = 0, under = 0, most = 0, left = 0, second;
const twice = new Promise((resolve) => second = resolve);
async function look() {
  looks++;
  most = Math.max(most, ++under);
  await new Promise((resolve) => setTimeout(resolve, 5));
  under--;
  if (looks === 2) second();
  throw new Error("what fails is looked at again");
}

begin();
follow(["inbox", "queue", "sent", "opened"], look);
follow(["inbox"], () => left++)();
for (let i = 0; i < burst; i++) heard.changed({data: JSON.stringify({what: ["inbox", "queue"], last: i})});
await new Promise((resolve) => setImmediate(resolve));
const during = looks;
await twice;
console.log(JSON.stringify({during, looks, most, left}));
process.exit(0);
