// live - what changes by itself: one event stream for the whole page.
//
// Silence must not look like quiet: when the stream breaks, that is told like a lost hub.

import {get} from "./api.js";

const heard = new Map(); // what -> set of functions
const state = {status: null, away_since: null, ahead_ms: 0};
let stream = null;

// `what` as the stream says it ("inbox", "queue", ...), or "status".  Returns how to stop.
export function on(what, call) {
  if (!heard.has(what)) heard.set(what, new Set());
  heard.get(what).add(call);
  return () => heard.get(what).delete(call);
}

// The server shares what the hub answers for two seconds, so that many consoles ask as one:
// who looks at once may be shown what was before, and looks once more after that.
const SHARED_MS = 2500;
// One message changes several things, and messages come in bursts at every console at once: what
// changes during a look, or shortly after it, is one look more, and an older answer never comes
// behind a newer one.
const PAUSE_MS = 1000;

// A look that fails is no reason not to look again.  `shared`: what is looked at is the hub's answer.
// Returns how to stop.
export function follow(whats, look, {shared = false} = {}) {
  let busy = false, again = false, stopped = false;
  const run = async () => {
    if (stopped) return;
    again = busy;
    if (busy) return;
    busy = true;
    await Promise.resolve().then(look).catch(() => {});
    setTimeout(() => {
      busy = false;
      if (again) run();
    }, PAUSE_MS);
  };
  let settled = shared && setTimeout(run, SHARED_MS);
  const stops = whats.map((what) => on(what, () => {
    clearTimeout(settled);
    settled = shared && setTimeout(run, SHARED_MS);
    run();
  }));
  return () => {
    stopped = true;
    clearTimeout(settled);
    for (const stop of stops) stop();
  };
}

function tell(what) {
  for (const call of heard.get(what) ?? []) call(state);
}

export const current = () => state;

// The server's clock counts: that of this machine may be an hour off.
export const now = () => Date.now() + state.ahead_ms;

function take(status) {
  state.status = status;
  state.away_since = null;
  state.ahead_ms = Date.parse(status.now) - Date.now();
  tell("status");
}

function lost() {
  state.away_since ??= new Date(now()).toISOString();
  tell("status");
}

export function begin() {
  stream = new EventSource("/api/events");
  stream.addEventListener("status", (event) => take(JSON.parse(event.data)));
  stream.addEventListener("changed", (event) => {
    for (const what of JSON.parse(event.data).what) tell(what);
  });
  // What happened while it was away is not told again: everybody looks once more.
  stream.addEventListener("open", async () => {
    take(await get("status").catch(() => state.status ?? {now: new Date().toISOString()}));
    for (const what of heard.keys()) if (what !== "status") tell(what);
  });
  stream.addEventListener("error", () => {
    lost();
    if (stream.readyState === EventSource.CLOSED) setTimeout(begin, 5000);
  });
}
