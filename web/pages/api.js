// api - requests to this server, and nowhere else.

import {mark} from "./mark.js";

export class Refused extends Error {
  constructor(status, error) {
    super(error.text || String(status));
    this.status = status;
    this.code = error.code ?? "";
    this.pointer = error.pointer ?? "";
    this.by = error.by ?? "";
    this.more = error;
  }
}

// What a request answers when nobody does: no code of the server's.
const away = {code: "console.away", text: mark("The console does not answer.")};

let token = "";

export function believe(me) {
  token = me.token;
}

async function ask(method, path, body, headers = {}) {
  if (method !== "GET") headers["X-Dabyl-Token"] = token;
  let response;
  try {
    response = await fetch(`/api/${path}`, {method, body, headers, cache: "no-store", redirect: "error"});
  } catch {
    throw new Refused(0, away);
  }
  const text = await response.text();
  let answer = null;
  try {
    answer = text ? JSON.parse(text) : null;
  } catch {
    throw new Refused(response.status, {code: "console.answer", text: mark("The console's answer cannot be read.")});
  }
  if (!response.ok) throw new Refused(response.status, answer?.error ?? {});
  return answer;
}

const json = (method) => (path, value) => value === undefined ? ask(method, path)
  : ask(method, path, JSON.stringify(value), {"Content-Type": "application/json"});

export const get = (path) => ask("GET", path);
export const post = json("POST");
export const put = json("PUT");
export const drop = (path) => ask("DELETE", path);
export const putFile = (path, file) => ask("PUT", path, file, {"Content-Type": "application/octet-stream"});
export const path = (...steps) => steps.map(encodeURIComponent).join("/");
