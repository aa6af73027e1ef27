// What this gate keeps on its device: its key, its settings, the signed lists and what must be remembered of them, and
// numbers. Nothing about anybody who was scanned.

const NAME = "gate";
const STORE = "kept";

let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("another page of this gate is being changed"));
  });
  return opened;
}

function done(transaction, request) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error ?? request?.error);
  });
}

/** What is kept under a name; undefined where nothing is. */
export async function kept(name) {
  const transaction = (await open()).transaction(STORE, "readonly");
  return done(transaction, transaction.objectStore(STORE).get(name));
}

/** Keeps several things at once, all or none. `undefined` takes one away. */
export async function keep(things) {
  const transaction = (await open()).transaction(STORE, "readwrite");
  const store = transaction.objectStore(STORE);
  for (const [name, value] of Object.entries(things)) {
    if (value === undefined) store.delete(name);
    else store.put(value, name);
  }
  await done(transaction);
}

/** Takes everything away: the gate is as it was when it was new. */
export async function forget() {
  const transaction = (await open()).transaction(STORE, "readwrite");
  transaction.objectStore(STORE).clear();
  await done(transaction);
}
