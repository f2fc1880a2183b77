// attachments - the files that a message names: what is here, what can be fetched.

import {get, path, post} from "./api.js";
import {size} from "./files.js";
import {mark} from "./mark.js";
import {wrong} from "./parts.js";
import {foreign, h, replace} from "./text.js";
import {say} from "./words.js";

const STATES = {
  fetched: mark("it is here"), wanted: mark("it is being fetched"), "handed-in": mark("it can be fetched from the hub"),
  waiting: mark("it waits here to be handed in"), absent: mark("its author has not handed it in"), unknown: mark("the hub was not asked"),
};
const LOOK_AGAIN = 2000;

function state(file) {
  const words = say(STATES[file.state] ?? file.state);
  if (file.state !== "wanted") return words;
  const percent = file.size ? Math.floor((100 * file.done) / file.size) : 0;
  return [words, " ", h("progress", {max: "100", value: String(percent), "aria-label": say("fetched so far")}), ` ${percent} %`];
}

function link(message, file) {
  const query = new URLSearchParams({message: message.id, name: file.name});
  return h("a", {class: "button", href: `/api/${path("files", file.sha256)}?${query}`, download: file.name}, say("Download"));
}

function act(message, file, again) {
  if (file.state === "fetched" || file.state === "waiting") return link(message, file);
  if (file.state !== "handed-in" && file.state !== "absent" && file.state !== "unknown") return null;
  const troubles = h("span", {});
  return [h("button", {type: "button", "data-fetch": file.sha256, onclick: () =>
    post(`${path("files", file.sha256)}/wanted`, {message: message.id}).then(again, (error) => replace(troubles, wrong(error)))},
  file.state === "handed-in" ? say("Fetch it") : say("Fetch it once it is there")), troubles];
}

function table(message, files, again) {
  const columns = [say("file"), say("size"), say("state"), h("span", {class: "quiet"}, say("What can be done"))];
  return h("div", {class: "scroll"}, h("table", {}, h("thead", {}, h("tr", {}, columns.map((words) => h("th", {scope: "col"}, words)))),
    h("tbody", {}, files.map((file) => h("tr", {"data-file": file.sha256, "data-state": file.state},
      h("th", {scope: "row"}, foreign(file.name), h("div", {}, h("code", {class: "digest faint"}, file.sha256))),
      h("td", {class: "figure"}, size(file.size)), h("td", {role: "status"}, state(file)), h("td", {}, act(message, file, again)))))));
}

// Drawn anew by itself while something is on its way, as long as it is on the page.
export function attachments(message) {
  if (!message.attachments?.length) return null;
  const place = h("div", {});
  const show = (files) => {
    replace(place, table(message, files, again));
    if (files.some((file) => file.state === "wanted")) setTimeout(() => place.isConnected && again(), LOOK_AGAIN);
  };
  async function again() {
    const answer = await get(`${path("messages", message.id)}?author=${encodeURIComponent(message.from)}`).catch(() => null);
    show(answer?.attachments ?? message.attachments);
  }
  show(message.attachments);
  return h("section", {"aria-labelledby": "files"}, h("h2", {id: "files"}, say("Files")), place);
}
