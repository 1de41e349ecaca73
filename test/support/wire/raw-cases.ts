import { expect, it } from "@jest/globals";
import { STRANGE_SECRET } from "../builders.ts";
import type { TestService } from "../service.ts";
import { exchangeRaw, parseAnswer, type RawAnswer } from "./raw.ts";

/** What a client says of its key: nothing, a well-formed one that nobody issued, or a good one. */
export const KEY_STATES = ["no", "bad", "good"] as const;

type Expected = {
  /** One status for all three states, or one for each, in the order of `KEY_STATES`. */
  readonly status: number | readonly [number, number, number];
  /** Of the problem, in the same way; left out, it follows from the status. */
  readonly code?: string | readonly [string, string, string];
  /** Headers that the answer to a good key must have, in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How many answers come back; 1 unless told. */
  readonly answers?: number;
};

/** `write` gets the header line of the key, with its line end, or an empty text. */
export type RawCase = readonly [name: string, write: (keyLine: string) => string | Uint8Array, expected: Expected];

/** Nobody but this machine is asked, so a further answer that is not there by then does not come. */
const QUIET_MS = 400;

const CODES: Readonly<Record<number, string>> = { 404: "not-found", 405: "method-not-allowed", 408: "request-timeout" };

/** Sends every case with no, a bad and a good key, and holds status, code and headers of the answer against it. */
export function itAnswers(service: TestService, goodSecret: () => string, cases: readonly RawCase[]) {
  it.each(cases.flatMap((one) => KEY_STATES.map((state) => [one[0], state, one] as const)))(
    "%s, with %s key",
    async (_name, state, [, write, expected]) => {
      const secret = { no: undefined, bad: STRANGE_SECRET, good: goodSecret() }[state];
      const text = await exchangeRaw(
        service.port,
        write(secret === undefined ? "" : `x-api-key: ${secret}\r\n`),
        QUIET_MS,
      );
      const answers = text.split(/(?=HTTP\/1\.1 [2-5]\d\d )/).filter((answer) => answer !== "");
      expect(answers).toHaveLength(expected.answers ?? 1);

      const answer = parseAnswer(answers[0] ?? "");
      const at = KEY_STATES.indexOf(state);
      const status = typeof expected.status === "number" ? expected.status : expected.status[at];
      const code = typeof expected.code === "string" ? expected.code : expected.code?.[at];
      expect({ status: answer.status, code: problemOf(answer)?.code }).toEqual({
        status,
        code: code ?? codeOf(answer),
      });
      if (state === "good") expect(answer.headers).toMatchObject(expected.headers ?? {});
      expectSound(answer);
      if (secret !== undefined) expect(text).not.toContain(secret);
    },
  );
}

function codeOf({ status, headers }: RawAnswer): unknown {
  if (status < 400) return undefined;
  if (status === 401) return headers["www-authenticate"]?.includes("invalid_token") ? "key-invalid" : "key-missing";
  return CODES[status] ?? expect.any(String);
}

function problemOf({ status, body }: RawAnswer) {
  return status >= 400 && body !== "" ? JSON.parse(body) : undefined;
}

/** What holds for every answer, whatever it answers. */
function expectSound(answer: RawAnswer) {
  const { status, headers, body } = answer;
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
