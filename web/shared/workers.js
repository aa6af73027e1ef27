// Scripts that run beside a page. Browsers that know trusted types start no other script than one that is named here.

const OWN = new URL("..", import.meta.url).pathname;

let policy;

/** The address of a script of this service, for `Worker` and `register`. */
export function trusted(address) {
  const createScriptURL = (text) => {
    const url = new URL(text, location.href);
    const known = url.pathname.startsWith(OWN) || url.pathname.endsWith("/sw.js");
    if (url.origin !== location.origin || !known || url.search) throw new TypeError("not a script of this service");
    return url.href;
  };
  policy ??= window.trustedTypes?.createPolicy("worker", { createScriptURL }) ?? { createScriptURL };
  return policy.createScriptURL(address);
}

/** Has the page kept for when there is no network. Without it the page works as long as there is network to fetch it. */
export async function keepPage(address, scope) {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register(trusted(address), { scope }).catch(() => {});
}
