import { expect, it } from "@jest/globals";
import { UNKNOWN_SECRET } from "../builders.ts";
import type { TestService } from "../service.ts";
import { exchangeRaw, parseResponse, type RawResponse, responsesIn } from "./raw.ts";

/** Which key a client sends: none, a well-formed one that was never issued, or a valid one. */
export const KEY_STATES = ["no", "bad", "good"] as const;

type Expected = {
  /** One status for all three states, or one for each, in the order of `KEY_STATES`. */
  readonly status: number | readonly [number, number, number];
  /** Of the problem, in the same way. If left out, it follows from the status. */
  readonly code?: string | readonly [string, string, string];
  /** Headers that the response to a valid key must have, in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How many responses come back; 1 by default. */
  readonly responses?: number;
};

/** `write` receives the header line of the key, with its line end, or an empty text. */
export type RawCase = readonly [name: string, write: (keyLine: string) => string | Uint8Array, expected: Expected];

/** Everything is on this machine, so a further response would have arrived by then. */
const QUIET_MS = 400;

const CODES: Readonly<Record<number, string>> = { 404: "not-found", 405: "method-not-allowed", 408: "request-timeout" };

/** Sends every case with no, an unknown and a valid key, and checks status, code and headers of the response. */
export function itResponds(service: TestService, goodSecret: () => string, cases: readonly RawCase[]) {
  it.each(cases.flatMap((one) => KEY_STATES.map((state) => [one[0], state, one] as const)))(
    "%s, with %s key",
    async (_name, state, [, write, expected]) => {
      const secret = { no: undefined, bad: UNKNOWN_SECRET, good: goodSecret() }[state];
      const text = await exchangeRaw(service.port, write(secret === undefined ? "" : `x-api-key: ${secret}\r\n`), {
        quietMs: QUIET_MS,
        responses: expected.responses ?? 1,
      });
      const responses = responsesIn(text);
      expect(responses).toHaveLength(expected.responses ?? 1);

      const response = parseResponse(responses[0] ?? "");
      const at = KEY_STATES.indexOf(state);
      const status = typeof expected.status === "number" ? expected.status : expected.status[at];
      const code = typeof expected.code === "string" ? expected.code : expected.code?.[at];
      expect({ status: response.status, code: problemOf(response)?.code }).toEqual({
        status,
        code: code ?? codeOf(response),
      });
      if (state === "good") expect(response.headers).toMatchObject(expected.headers ?? {});
      expectValid(response);
      if (secret !== undefined) expect(text).not.toContain(secret);
    },
  );
}

function codeOf({ status, headers }: RawResponse): unknown {
  if (status < 400) return undefined;
  if (status === 401) return headers["www-authenticate"]?.includes("invalid_token") ? "key-invalid" : "key-missing";
  return CODES[status] ?? expect.any(String);
}

function problemOf({ status, body }: RawResponse) {
  return status >= 400 && body !== "" ? JSON.parse(body) : undefined;
}

/** Checks what holds for every response. */
function expectValid(response: RawResponse) {
  const { status, headers, body } = response;
  expect(headers).toMatchObject({
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-request-id": expect.stringMatching(/^req_/),
    date: expect.stringMatching(/GMT$/),
  });
  if (status !== 204) expect(headers["content-length"]).toBe(String(Buffer.byteLength(body, "latin1")));
  if (status === 401) expect(headers["www-authenticate"]).toMatch(/^Bearer realm="latchkey"/);
  if (status === 405) expect(headers["allow"]).toContain("OPTIONS");
  if (status >= 400) {
    expect(headers["content-type"]).toBe("application/problem+json");
    expect(JSON.parse(body)).toMatchObject({ status, requestId: headers["x-request-id"], type: expect.any(String) });
  }
}
