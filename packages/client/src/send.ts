import type { Settings } from "./options.ts";

/** Sends requests with the key, which goes to its service and nowhere else. */
export function createSend({ fetch, key, keyHeader, origin }: Settings) {
  return {
    /** @throws TypeError when the request leads elsewhere. */
    check: (request: Request) => {
      if (new URL(request.url).origin === origin) return;
      throw new TypeError(`The key belongs to ${origin}; make another client for other origins.`);
    },
    send: (request: Request): Promise<Response> => {
      // Followed, it would take the key along, wherever it leads: fetch takes off Authorization there, and no other header.
      const keyed = new Request(request, { redirect: "manual" });
      keyed.headers.set(keyHeader, key);
      return fetch(keyed);
    },
    /** @throws TypeError when the answer is a redirect; pages may see no more of one than that. */
    checkAnswer: ({ type, status }: Response) => {
      if (type !== "opaqueredirect" && !REDIRECTS.includes(status)) return;
      throw new TypeError("The service redirects, and the key does not follow; set baseUrl to where it is.");
    },
  };
}

const REDIRECTS = [301, 302, 303, 307, 308];
