import { spawnSync } from "node:child_process";
import { describe, expect, it } from "@jest/globals";
import { joinMetrics } from "../../src/usage/metrics-text.ts";
import { aService } from "../support/service.ts";

const service = aService({ LATCHKEY_METRICS: "open" });

describe("promtool check metrics", () => {
  it("finds no problem in the metrics of one process, nor in those of several", async () => {
    const key = await service.issue({ client: "reader", scopes: ["data:read"] });
    await fetch(`${service.url}/data`, { headers: { "x-api-key": key.secret } });
    const text = await (await fetch(`${service.url}/metrics`)).text();
    const member = (name: string) =>
      text.replaceAll(
        /^(latchkey_\w+)(?:\{(.*)\})? /gm,
        (_all, metric, labels) => `${metric}{${labels === undefined ? "" : `${labels},`}member="${name}"} `,
      );
    for (const input of [text, joinMetrics([member("1"), member("2")])]) {
      const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input, encoding: "utf8" });
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
    }
  });
});
