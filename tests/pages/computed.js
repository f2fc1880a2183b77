// What the pages compute by themselves: {"texts": [hex]} -> their SHA-256, whole and in
// pieces; and what places in a document become.

import {readFileSync} from "node:fs";
import {at, differences, put, within, written} from "./pages/pointers.js";
import {Sha256} from "./pages/sha256.js";

// In pieces of 1, 2, 3 ... bytes, so that every way to fill a block is there.
function pieces(bytes, longest) {
  const hash = new Sha256();
  for (let from = 0, size = 1; from < bytes.length; from += size, size = (size % longest) + 1) hash.add(bytes.subarray(from, from + size));
  return hash.hex();
}

const {texts} = JSON.parse(readFileSync(0, "utf8"));
const hashes = texts.map((hex) => Buffer.from(hex, "hex")).map((bytes) => [new Sha256().add(bytes).hex(), pieces(bytes, 70)]);

const document = {kind: "trace.manifest", body: {}};
put(document, "/body/traces/0/type", "log");
put(document, "/body/traces/1/type", "form");
put(document, "/summary/kk", "Із");
const found = at(document, "/body/traces/1/type"), none = at(document, "/body/none/of/it") === undefined;
put(document, "/body/traces/0", undefined);
put(document, "/body/custody/note", "");
console.log(JSON.stringify({
  hashes, found, none, list: document.body.traces, written: written(document), nought: written({body: {held: false, level: 0, list: [null, ""]}}), empty: written({}),
  within: [within("/body/a/b", "/body/a"), within("/body/a", "/body/a"), within("/body/ab", "/body/a")],
  differences: differences({a: {b: 1, c: [1]}, d: 1}, {a: {b: 2, c: [1]}, e: 1}).map((one) => one.pointer),
}));
