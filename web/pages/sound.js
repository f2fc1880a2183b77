// sound - the alarm's tone, made here: no file, no other server.
//
// Browsers let a page sound only after somebody has pressed something in it, so the page
// says when it may not, and asks.

let context = null;
let wanted = false;
let hushed_until = 0;
let timer = 0;
const REPEAT_MS = 5000;
const HUSH_MS = 60000;

export const calling = () => context?.state === "running";

const permitted = new Set();

// Calls once sound may be made.  Returns how to stop.
export function onPermitted(call) {
  permitted.add(call);
  return () => permitted.delete(call);
}

export async function permit() {
  context ??= new AudioContext();
  await context.resume();
  sound();
  for (const call of permitted) call();
}

// The first thing that is pressed anywhere will do.
for (const gesture of ["pointerdown", "keydown"])
  document.addEventListener(gesture, () => calling() || permit(), {capture: true});

export function hush() {
  hushed_until = Date.now() + HUSH_MS;
}

function tone(from, pitch) {
  const voice = context.createOscillator();
  const loudness = context.createGain();
  voice.type = "square";
  voice.frequency.value = pitch;
  loudness.gain.setValueAtTime(0, from);
  loudness.gain.linearRampToValueAtTime(0.25, from + 0.02);
  loudness.gain.setValueAtTime(0.25, from + 0.25);
  loudness.gain.linearRampToValueAtTime(0, from + 0.3);
  voice.connect(loudness).connect(context.destination);
  voice.start(from);
  voice.stop(from + 0.3);
}

// How often it has sounded, for who cannot hear it: tests, and a page that shows it.
export let sounded = 0;

function sound() {
  if (!wanted || !calling() || Date.now() < hushed_until) return;
  const from = context.currentTime;
  [880, 660, 880].forEach((pitch, i) => tone(from + i * 0.35, pitch));
  sounded++;
  document.documentElement.dataset.sounded = String(sounded);
}

// From now on there is, or is no longer, something that calls.
export function ring(on) {
  if (on && !wanted) hushed_until = 0;
  wanted = on;
  clearInterval(timer);
  if (!on) return;
  sound();
  timer = setInterval(sound, REPEAT_MS);
}
