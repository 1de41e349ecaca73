import { describe, expect, it } from "@jest/globals";
import { toFaultReply } from "../../../src/http/reply/fault.ts";
import { LimiterUnavailable } from "../../../src/limits/limiter.ts";
import { StoreFailure } from "../../../src/store/database/failure.ts";

describe("something thrown in the pipeline", () => {
  it.each([
    ["an error", new Error("secret")],
    ["nothing at all", undefined],
    ["a text", "secret"],
    ["an error that says 404 of itself", Object.assign(new Error("secret"), { status: 404 })],
  ])("and is %s is a fault of ours", (_, cause) => {
    const { problem } = toFaultReply(cause);
    expect(problem).toEqual({ code: "internal-error", detail: expect.not.stringContaining("secret") });
  });

  it.each([
    ["of the store", new StoreFailure("secret", { cause: new Error("secret"), isBusy: true })],
    ["of the limiter", new LimiterUnavailable("secret")],
  ])("%s is an outage", (_, cause) => {
    const reply = toFaultReply(cause);
    expect(reply.problem).toEqual({ code: "unavailable", detail: expect.not.stringContaining("secret") });
    expect(reply.cause).toBe(cause);
  });
});
