import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { HEALTHY } from "../../support/model/contract.ts";
import { runCaptured } from "../../support/process/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const folder = temporaryFolder();
const latchkey = (...words: string[]) => runCaptured(words);

describe("latchkey plans list", () => {
  it("says what each plan allows, and which is the default", async () => {
    const { code, out, err } = await latchkey("plans", "list");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(
      /^standard \(default\)\n {2}perClient +6000 in 60 s for each client, 1000 at once, then 100 a second$/m,
    );
    expect(out).toMatch(/^free\n {2}perKey +60 in 60 s .+\n {2}monthly +10000 each month for all keys of the client$/m);
  });

  it("prints JSON for programs", async () => {
    const { items } = JSON.parse((await latchkey("plans", "list", "--json")).out);
    expect(items).toContainEqual({
      name: "free",
      isDefault: false,
      limits: [{ name: "perKey", per: "key", requests: 60, windowSeconds: 60, burst: 20 }],
      quotas: [{ name: "monthly", requests: 10_000, period: "month", enforcement: "hard" }],
    });
  });

  it("tells where the contract has none", async () => {
    const file = join(folder, "openapi.yaml");
    writeFileSync(file, HEALTHY);
    const environment = { LATCHKEY_CONTRACT: file };
    expect((await runCaptured(["plans", "list"], { environment })).out).toMatch(/^The contract declares no plans/);
  });
});

describe("latchkey scopes list", () => {
  it("lists scopes, what they are for, and the operations that need them", async () => {
    const { out } = await latchkey("scopes", "list");
    expect(out).toMatch(/^SCOPE +FOR +OPERATIONS +MEANING$/m);
    expect(out).toMatch(/^data:read +your API +getData +\S/m);
    expect(out).toMatch(/^keys:write +administration +.*createKey, /m);
    const { items } = JSON.parse((await latchkey("scopes", "list", "--json")).out);
    expect(items).toContainEqual({
      name: "data:read",
      description: expect.any(String),
      administrative: false,
      operations: ["getData"],
    });
  });
});
