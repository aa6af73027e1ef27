// The verifier in a page of your own, from the region that serves it or another one (`?at=https://region.example`).

import { open, refresh } from "../region.mjs";
import { Verifier } from "../verifier.mjs";

const at = new URLSearchParams(location.search).get("at") ?? location.origin;
const find = (id) => document.getElementById(id);
const verifier = await Verifier.load(fetch(new URL("../verifier.wasm", import.meta.url)));
const { gate, region, now } = await open(verifier, at);
const memory = verifier.openMemory();
const renew = () => refresh(gate, region, at, { now: now() });
await renew();
setInterval(renew, 30_000);
find("verdict").textContent = "Ready";
find("verify").addEventListener("click", () => {
  const { action, cause } = gate.verify(find("code").value, now(), memory);
  find("verdict").textContent = `${action} (${cause})`;
});
