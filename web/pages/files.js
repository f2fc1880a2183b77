// files - a file that a message names: hashed here, written into the message by name, size
// and SHA-256, and handed to the node, which gives it to the hub once the message is taken.

import {mark} from "./mark.js";
import {foreign, h, replace} from "./text.js";
import {say} from "./words.js";

export function size(bytes) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const step = bytes ? Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10)) : 0;
  return `${step ? (bytes / 1024 ** step).toFixed(1) : bytes} ${units[step]}`;
}

// The SHA-256 of a file in hex, worked out beside the page; tell(bytes done).
export function hash(file, tell) {
  return new Promise((resolve, reject) => {
    const worker = new Worker("hasher.js", {type: "module"});
    const end = (what, value) => {
      worker.terminate();
      what(value);
    };
    worker.onmessage = ({data}) => {
      if (data.sha256) end(resolve, data.sha256);
      else if (data.error) end(reject, new Error(mark("The file cannot be read.")));
      else tell(data.done);
    };
    worker.onerror = () => end(reject, new Error(mark("The file cannot be hashed here.")));
    worker.postMessage(file);
  });
}

// fetch() tells nothing of how far it is.
function handIn(file, sha256, token, tell) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", `/api/files/${sha256}`);
    request.setRequestHeader("X-Dabyl-Token", token);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => tell(event.loaded);
    request.onload = () => (request.status < 300 ? resolve() : reject(new Error(reason(request))));
    request.onerror = () => reject(new Error(mark("The console does not answer.")));
    request.send(file);
  });
}

function reason(request) {
  try {
    return JSON.parse(request.responseText).error.text;
  } catch {
    return `HTTP ${request.status}`;
  }
}

// How far it is: by a bar, and in words now and then, since who hears it does not want
// each percent.
function gauge() {
  const bar = h("progress", {max: "100", value: "0"});
  const words = h("span", {role: "status"});
  let tenth = -1;
  return {element: h("div", {class: "row"}, bar, words), tell: (doing, done, whole) => {
    const percent = whole ? Math.floor((100 * done) / whole) : 100;
    bar.value = percent;
    if (Math.floor(percent / 10) === tenth) return;
    tenth = Math.floor(percent / 10);
    words.textContent = `${doing} ${percent} %`;
  }, again: () => (tenth = -1)};
}

function describe(value) {
  return h("p", {}, h("strong", {}, foreign(value.name)), ` ${size(value.size)} `, h("code", {class: "digest"}, value.sha256));
}

// A place to drop a file on, or to choose one, for the blank at `pointer`.
export function dropped(pointer, form, id) {
  const said = h("div", {});
  const ofMany = /\/\d+\//.test(pointer);
  const give = h("input", {type: "checkbox", id: `${id}-give`, checked: true});
  const input = h("input", {type: "file", id, multiple: ofMany, onchange: () => begin([...input.files])});
  const zone = h("div", {class: "drop"}, h("p", {}, say("Drop a file here, or choose it:")), input,
    h("div", {class: "row"}, give, h("label", {for: `${id}-give`}, say("Hand it in as well; else it is only named, and stays where it lies"))), said);

  const show = () => {
    const value = form.get(pointer);
    replace(said, value ? [describe(value), h("button", {type: "button", onclick: () => {
      form.set(pointer, undefined);
      input.value = "";
      show();
      input.focus();
    }}, say("Take it away"))] : null);
  };

  async function name(file, progress) {
    const sha256 = await hash(file, (done) => progress.tell(say("hashed"), done, file.size));
    // What it belonged to may have been taken away meanwhile.
    if (zone.isConnected) form.set(pointer, {name: file.name, size: file.size, sha256});
    return sha256;
  }

  async function send(file, sha256, progress) {
    progress.again();
    await handIn(file, sha256, form.token, (done) => progress.tell(say("handed in"), done, file.size));
    show();
    said.append(h("p", {class: "good-text", role: "status", "data-handed": sha256}, say("The node has it, and gives it to the hub after the message.")));
  }

  async function take(file) {
    const progress = gauge();
    const wanted = give.checked;
    let sha256 = "";
    replace(said, progress.element);
    form.pending += 1;
    try {
      sha256 = await name(file, progress);
      if (wanted) await send(file, sha256, progress);
      else show();
    } catch (error) {
      show();
      said.append(h("p", {class: "wrong-text", role: "alert"}, say(error.message)),
        h("button", {type: "button", onclick: () => take(file)}, say("Try it again")));
    }
    form.pending -= 1;
  }

  // Of several at once each becomes an item of the list that this one stands in.
  function begin(files) {
    if (ofMany && files.length > 1) zone.dispatchEvent(new CustomEvent("files", {bubbles: true, detail: {pointer, files}}));
    else if (files[0]) take(files[0]);
  }

  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    begin([...event.dataTransfer.files]);
  });
  zone.take = take;
  show();
  return zone;
}
