// A code's text as a picture: dark squares in one path, at error correction M, with the quiet zone of four modules.

import { s } from "./dom.js";
import { encode } from "../vendor/uqr/index.mjs";

/** The picture. `says` is read aloud instead of it. */
export function picture(text, says) {
  const { data, size } = encode(text, { ecc: "M", border: 0 });
  let path = "";
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      if (!data[y][x]) continue;
      let end = x + 1;
      while (end < size && data[y][end]) end += 1;
      path += `M${x + 4} ${y + 4}h${end - x}v1h-${end - x}z`;
      x = end;
    }
  }
  const side = size + 8;
  return s(
    "svg",
    { viewBox: `0 0 ${side} ${side}`, role: "img", "aria-label": says, "shape-rendering": "crispEdges", class: "qr" },
    s("path", { d: `M0 0h${side}v${side}H0z`, fill: "#fff" }),
    s("path", { d: path, fill: "#000" }),
  );
}
