import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { describe, expect, it, jest } from "@jest/globals";
import { reserve } from "../../../../src/http/stages/bodies/read-body.ts";
import { anExchange } from "../../../support/exchange.ts";

const anExchangeWith = (res: object) => anExchange({}, { res: res as ServerResponse });

describe("the memory for a body", () => {
  it("is released with the response", async () => {
    const release = jest.fn();
    const res = new EventEmitter();
    await reserve(anExchangeWith(res), 100_000, { reserve: async () => release });
    expect(release).not.toHaveBeenCalled();
    res.emit("close");
    expect(release).toHaveBeenCalledTimes(1);
  });

  it("is released at once where the client has hung up while it waited", async () => {
    const release = jest.fn();
    await reserve(anExchangeWith({ closed: true }), 100_000, { reserve: async () => release });
    expect(release).toHaveBeenCalledTimes(1);
  });

  it("is not there if none becomes free", async () => {
    expect(await reserve(anExchangeWith({}), 100_000, { reserve: async () => undefined })).toBeUndefined();
  });
});
