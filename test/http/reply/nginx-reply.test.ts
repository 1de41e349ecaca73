import { describe, expect, it } from "@jest/globals";
import { toNginxReply } from "../../../src/http/reply/nginx-reply.ts";

const SHORT = { type: "/problems/rate-limited", title: "Too many requests", status: 429, code: "rate-limited" };
const problemIn = (document: Parameters<typeof toNginxReply>[0]) =>
  toNginxReply(document).headers["X-Latchkey-Problem"];

describe("a refusal for nginx", () => {
  it("has a status that nginx understands, and the true one in a header", () => {
    const { status, headers, text } = toNginxReply(SHORT);
    expect([status, headers["X-Latchkey-Status"], JSON.parse(text).status]).toEqual([403, "429", 403]);
    expect(toNginxReply({ ...SHORT, status: 401 }).status).toBe(401);
  });

  it("has the whole document in ASCII", () => {
    const document = { ...SHORT, detail: "zu viele – 多い\n" };
    expect(problemIn(document)).toMatch(/^[ -~]+$/);
    expect(JSON.parse(problemIn(document))).toEqual(document);
  });

  it("leaves out what does not fit into nginx's buffer: the errors first, then the detail, then everything", () => {
    const errors = Array.from({ length: 100 }, (_, index) => ({ detail: "wrong", pointer: `#/query/${index}` }));
    expect(JSON.parse(problemIn({ ...SHORT, errors, ...{ detail: "short" } }))).toEqual({ ...SHORT, detail: "short" });
    const long = { ...SHORT, errors, detail: "é".repeat(2_048) };
    expect(JSON.parse(problemIn(long))).toEqual(SHORT);
    expect(problemIn({ ...SHORT, ...{ title: "x".repeat(3_000) } })).toBe("");
  });
});
