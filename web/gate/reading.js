// Reads QR codes out of pictures: ZXing-C++ as WebAssembly (`zxing/README.md`).

import { prepareZXingModule, readBarcodes } from "./zxing/reader/index.js";

const MODULE = new URL("./zxing/reader/zxing_reader.wasm", import.meta.url).href;
// Two: a neighbour's code in the picture is noticed and not read for the person who stands here.
const OPTIONS = {
  formats: ["QRCode"],
  tryHarder: true,
  tryRotate: true,
  tryInvert: false,
  tryDownscale: true,
  maxNumberOfSymbols: 2,
  returnErrors: true,
};

/** Makes the reader ready. */
export async function open() {
  await prepareZXingModule({ overrides: { locateFile: () => MODULE }, fireImmediately: true });
}

/**
 * What is seen in a picture: `{texts, unread}`, the texts of all codes in it, one held up twice being two, and whether there
 * is a code that cannot be read.
 */
export async function see(picture) {
  const found = await readBarcodes(picture, OPTIONS);
  const read = found.filter((one) => one.isValid && one.text !== "");
  return { texts: read.map((one) => one.text), unread: read.length === 0 && found.length > 0 };
}
