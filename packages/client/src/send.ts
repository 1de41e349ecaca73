import type { Settings } from "./options.ts";

/** Sends requests with the key, and only to the service that the key belongs to. */
export function createSend({ fetch, key, keyHeader, origin }: Settings) {
  return {
    /** @throws TypeError if the request is for another origin. */
    check: (request: Request) => {
      if (new URL(request.url).origin === origin) return;
      throw new TypeError(`The key belongs to ${origin}; create another client for other origins.`);
    },
    send: (request: Request): Promise<Response> => {
      // A followed redirect would send the key to another origin: there, `fetch` removes only Authorization.
      const keyed = new Request(request, { redirect: "manual" });
      keyed.headers.set(keyHeader, key);
      return fetch(keyed);
    },
    /** @throws TypeError if the response is a redirect. In browsers, nothing else about a redirect is visible. */
    checkResponse: ({ type, status }: Response) => {
      if (type !== "opaqueredirect" && !REDIRECTS.includes(status)) return;
      throw new TypeError("The service redirects, and the key is not sent along; set baseUrl to the final URL.");
    },
  };
}

const REDIRECTS = [301, 302, 303, 307, 308];
