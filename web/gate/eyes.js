// Has pictures read in a worker, so that buttons, clock and verdicts never wait for a picture. Where a browser starts no such
// worker, or it ends, they are read here.

import { trusted } from "../shared/workers.js";

const READER = new URL("./reader.js", import.meta.url).href;
/** A worker that says nothing for so long is taken for dead, in milliseconds: cheap phones read a picture in less than one. */
const SILENT = 5000;

let worker = null;
let here = null;
let number = 0;
const waiting = new Map();

/** Makes the reader ready; throws where pictures can be read nowhere. */
export async function open() {
  try {
    await begin();
  } catch (error) {
    console.warn("pictures are read by the page itself:", error);
    await beginHere();
  }
}

function begin() {
  return new Promise((resolve, reject) => {
    worker = new Worker(trusted(READER), { type: "module" });
    const late = setTimeout(() => reject(new Error("the reader does not begin")), 2 * SILENT);
    worker.addEventListener("error", (event) => {
      clearTimeout(late);
      reject(new Error(event.message || "the reader has ended"));
      end();
    });
    worker.addEventListener("message", ({ data }) => {
      if (data.ready !== undefined) {
        clearTimeout(late);
        if (data.ready) resolve();
        else reject(new Error(data.why));
        return;
      }
      const asked = waiting.get(data.id);
      waiting.delete(data.id);
      if (data.seen) asked?.resolve(data.seen);
      else asked?.reject(new Error(data.why));
    });
  });
}

async function beginHere() {
  end();
  here ??= await import("./reading.js");
  await here.open();
}

function end() {
  worker?.terminate();
  worker = null;
  for (const { reject } of waiting.values()) reject(new Error("the reader has ended"));
  waiting.clear();
}

/** What is seen in a picture, as `reading.js` says it. The picture's pixels are gone afterwards. */
export async function see(picture) {
  if (here) return here.see(picture);
  if (!worker) {
    await beginHere();
    return here.see(picture);
  }
  number += 1;
  const id = number;
  const { width, height } = picture;
  const pixels = picture.data.buffer;
  let late;
  try {
    return await new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      late = setTimeout(() => {
        reject(new Error("the reader does not answer"));
        end();
      }, SILENT);
      worker.postMessage({ id, pixels, width, height }, [pixels]);
    });
  } finally {
    clearTimeout(late);
    waiting.delete(id);
  }
}
