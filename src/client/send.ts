import type { Settings } from "./options.ts";

/** Sends a request with the key, which goes to its service and nowhere else. */
export function createSend({ fetch, key, keyHeader, origin }: Settings) {
  return async (request: Request): Promise<Response> => {
    if (new URL(request.url).origin !== origin) {
      throw new TypeError(`This call leads away from ${origin}, where the key belongs: make another client for it.`);
    }
    // Followed, it would take the key along, wherever it leads: fetch takes off Authorization there, and no other header.
    const keyed = new Request(request, { redirect: "manual" });
    keyed.headers.set(keyHeader, key);
    const answer = await fetch(keyed);
    if (answer.type === "opaqueredirect" || REDIRECTS.includes(answer.status)) {
      throw new TypeError("The service leads elsewhere, and the key does not follow: set baseUrl to where it is.");
    }
    return answer;
  };
}

const REDIRECTS = [301, 302, 303, 307, 308];
