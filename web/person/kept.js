// What this phone keeps: a device token for each person, their last answers, codes to carry, and the holder's key.
// It lies in IndexedDB of this origin. Where a browser keeps nothing, it holds until the page is closed.

const memory = { people: new Map(), things: new Map(), next: 1 };
let opened;

function open() {
  opened ??= new Promise((resolve) => {
    if (!window.indexedDB) return resolve(null);
    const asking = indexedDB.open("healthcode", 1);
    asking.onupgradeneeded = () => {
      asking.result.createObjectStore("people", { keyPath: "id", autoIncrement: true });
      asking.result.createObjectStore("things");
    };
    asking.onsuccess = () => resolve(asking.result);
    asking.onerror = () => resolve(null);
    asking.onblocked = () => resolve(null);
  });
  return opened;
}

function done(asking) {
  return new Promise((resolve, reject) => {
    asking.onsuccess = () => resolve(asking.result);
    asking.onerror = () => reject(asking.error);
  });
}

async function store(name, mode) {
  const database = await open();
  return database && database.transaction(name, mode).objectStore(name);
}

/** Whether this browser keeps anything after the page is closed. */
export const keeps = async () => Boolean(await open());

/** Everybody who has a token here: `{id, label, token, answers}`. */
export async function people() {
  const from = await store("people", "readonly");
  return from ? done(from.getAll()) : [...memory.people.values()];
}

/** Keeps a person; a new one gets an id. */
export async function keepPerson(person) {
  const to = await store("people", "readwrite");
  if (!to) {
    person.id ??= memory.next++;
    memory.people.set(person.id, person);
    return person;
  }
  person.id = await done(to.put(person));
  return person;
}

/** Forgets a person with all that was kept for them. */
export async function forgetPerson(id) {
  const from = await store("people", "readwrite");
  if (from) await done(from.delete(id));
  memory.people.delete(id);
  const things = await store("things", "readwrite");
  const mine = (key) => ["carried", "holder", "seen", "moving"].some((kind) => key.startsWith(`${kind}:${id}:`));
  if (!things) {
    for (const key of memory.things.keys()) if (mine(key)) memory.things.delete(key);
    return;
  }
  const keys = await done(things.getAllKeys());
  const other = await store("things", "readwrite");
  await Promise.all(keys.filter(mine).map((key) => done(other.delete(key))));
}

/** Something under a name; nothing where it is not kept. */
export async function thing(key) {
  const from = await store("things", "readonly");
  return from ? done(from.get(key)) : memory.things.get(key);
}

/** Keeps something under a name; `undefined` forgets it. */
export async function keep(key, value) {
  const to = await store("things", "readwrite");
  if (!to) {
    if (value === undefined) memory.things.delete(key);
    else memory.things.set(key, value);
    return;
  }
  await done(value === undefined ? to.delete(key) : to.put(value, key));
}
