
// From here on the same for every page (web/shared/sw.js).

self.addEventListener("install", (event) => {
  const keep = async () => {
    const cache = await caches.open(ROOT);
    await cache.addAll([...FILES, SHELL]);
    await self.skipWaiting();
  };
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    // The one before stays: a page that was open meanwhile still loads its parts.
    const own = (await caches.keys()).filter((name) => name.startsWith("/assets/"));
    const others = own.filter((name) => name !== ROOT);
    await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  const page = request.mode === "navigate" && SHOWN_AT.includes(url.pathname);
  if (!page && !url.pathname.startsWith("/assets/")) return;
  const answer = async () => {
    const kept = page ? await (await caches.open(ROOT)).match(SHELL) : await caches.match(request);
    return kept || fetch(request);
  };
  event.respondWith(answer());
});
