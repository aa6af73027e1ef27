// The worker in which pictures are read: `eyes.js` asks, one picture at a time.

import { open, see } from "./reading.js";

const answer = (message) => self.postMessage(message);

open().then(
  () => answer({ ready: true }),
  (error) => answer({ ready: false, why: String(error) }),
);

self.addEventListener("message", async ({ data: { id, pixels, width, height } }) => {
  try {
    const seen = await see(new ImageData(new Uint8ClampedArray(pixels), width, height));
    answer({ id, seen });
  } catch (error) {
    answer({ id, why: String(error) });
  }
});
