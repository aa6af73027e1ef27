// A code's text as a picture that `image` shows: black and white PNG (RFC 2083), one bit a pixel, stored without compression.

const { encode } = require("./uqr.js");

/** White modules on each side, as GB/T 18284 asks. */
const QUIET_ZONE = 4;
/** Pixels on a side of each module: sharp on the densest screens. */
const SCALE = 6;

const CRC = Array.from({ length: 256 }, (_, number) => {
  let value = number;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

function crc(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = CRC[(value ^ byte) & 255] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

function adler(bytes) {
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return ((b << 16) | a) >>> 0;
}

const four = (number) => [number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255];

function chunk(name, bytes) {
  const named = [...name].map((letter) => letter.charCodeAt(0)).concat(bytes);
  return [...four(bytes.length), ...named, ...four(crc(named))];
}

/** Blocks of at most 65,535 bytes (RFC 1951 §3.2.4) in a zlib stream (RFC 1950). */
function stored(bytes) {
  const out = [0x78, 0x01];
  for (let at = 0; at < bytes.length; at += 65535) {
    const part = bytes.slice(at, at + 65535);
    const last = at + 65535 >= bytes.length ? 1 : 0;
    out.push(last, part.length & 255, part.length >>> 8, ~part.length & 255, (~part.length >>> 8) & 255);
    for (const byte of part) out.push(byte);
  }
  return out.concat(four(adler(bytes)));
}

/** The PNG's bytes. */
function png(text) {
  const { data, size } = encode(text, { ecc: "M", border: 0 });
  const side = (size + 2 * QUIET_ZONE) * SCALE;
  const width = Math.ceil(side / 8);
  const rows = [];
  for (let y = 0; y < side; y += 1) {
    const row = new Array(width + 1).fill(255);
    row[0] = 0;
    const modules = data[Math.floor(y / SCALE) - QUIET_ZONE];
    for (let x = 0; modules && x < side; x += 1) {
      if (modules[Math.floor(x / SCALE) - QUIET_ZONE]) row[1 + (x >> 3)] &= ~(128 >> (x & 7));
    }
    for (const byte of row) rows.push(byte);
  }
  const head = [...four(side), ...four(side), 1, 0, 0, 0, 0];
  return new Uint8Array([
    ...[137, 80, 78, 71, 13, 10, 26, 10],
    ...chunk("IHDR", head),
    ...chunk("IDAT", stored(rows)),
    ...chunk("IEND", []),
  ]);
}

/** The picture as an address for `image`. */
const picture = (text) => `data:image/png;base64,${wx.arrayBufferToBase64(png(text).buffer)}`;

module.exports = { picture, png };
