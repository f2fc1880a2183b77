// sending - sealed by the officer, on its way, and what became of it.

import {get, path} from "./api.js";
import {holdAndSeal} from "./sign.js";
import {foreign, h, replace} from "./text.js";
import {say} from "./words.js";

const LOOK_AGAIN_MS = 500, PATIENCE_MS = 15000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Until the hub has said something, or for some seconds: without a hub it waits, and goes
// when the hub is there.
async function until(id, tell) {
  for (const end = Date.now() + PATIENCE_MS; ;) {
    const outcome = await get(path("outcomes", id)).catch(() => null);
    if (outcome && outcome.state !== "waiting") return outcome;
    if (Date.now() > end) return outcome ?? {id, state: "waiting", reason: null};
    tell(outcome?.stays);
    await pause(LOOK_AGAIN_MS);
  }
}

const waits = (id) => get(path("held", id)).then(() => true, () => false);

// The outcome as the server has it; of what the officer did not seal, `unsealed`: true where
// it waits in the node for a key that is elsewhere; null: nothing was sent, and nothing waits.
export async function send(document, said) {
  const {held, done} = await holdAndSeal(document);
  if (!done) return (await waits(held.id)) ? {id: held.id, state: "held", unsealed: true} : null;
  if (done.state === "held") return {id: held.id, state: "held"};
  return until(held.id, (stays) => replace(said, h("p", {role: "status"}, say("It is on its way to the hub ..."), stays ? [" ", foreign(stays)] : null)));
}
