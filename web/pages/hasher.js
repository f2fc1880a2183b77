// hasher - hashes a file beside the page, so that the page answers meanwhile.

import {Sha256} from "./sha256.js";

const SLICE = 4 * 1024 * 1024;

// One file, then {done} as it goes, then {sha256}; or {error} where it cannot be read.
self.onmessage = async ({data: file}) => {
  try {
    const hash = new Sha256();
    for (let from = 0; from < file.size; from += SLICE) {
      hash.add(new Uint8Array(await file.slice(from, from + SLICE).arrayBuffer()));
      self.postMessage({done: Math.min(file.size, from + SLICE)});
    }
    self.postMessage({sha256: hash.hex()});
  } catch (error) {
    self.postMessage({error: error.message});
  }
};
