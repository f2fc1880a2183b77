// keys - the officer's key in this browser: kept by IndexedDB as the browser has it, and
// never as bytes.  One for each node and officer, since several people share a desk.

import {makeKey} from "./seal.js";

const STORE = "keys";

function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("dabyl", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function transact(mode, work) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const asked = work(transaction.objectStore(STORE));
      // Kept is what the whole transaction has kept.
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

const nameOf = (me) => `${me.node}/${me.officer.name}`;

// {privateKey, raw, id} or null
export async function keyOf(me) {
  return (await transact("readonly", (store) => store.get(nameOf(me)))) ?? null;
}

// A new one in the place of whatever was there.
export async function newKeyOf(me) {
  const key = await makeKey();
  await transact("readwrite", (store) => store.put(key, nameOf(me)));
  return key;
}

// Whether this browser can seal at all: older ones have no Ed25519, and on an address
// that is neither https nor this machine none has.
export async function able() {
  try {
    await makeKey();
    return typeof indexedDB !== "undefined";
  } catch {
    return false;
  }
}
