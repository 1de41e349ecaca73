import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { openDatabase } from "../../../src/store/database/database.ts";
import { writeDecisions } from "../../../src/store/decisions.ts";
import { addUsage } from "../../../src/store/usage/add-usage.ts";
import { runCaptured } from "../../support/process/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const environment = { DATABASE_URL: `sqlite:${join(temporaryFolder(), "latchkey.db")}` };
const latchkey = (words: string) => runCaptured(words.split(" "), { environment });
const DAY = "--from 2026-11-20T00:00:00Z --to 2026-11-20T04:00:00Z";

beforeAll(async () => {
  const { out } = await latchkey("clients create acme --json");
  const { id } = JSON.parse(out);
  const db = await openDatabase(environment.DATABASE_URL);
  const row = (hour: number, operation: string, requests: number) => ({
    minute: Date.parse("2026-11-20T00:00:00Z") + hour * 3_600_000,
    clientId: id,
    keyId: "key_a",
    environment: "live",
    operation,
    statusClass: 2,
    code: "",
    requests,
    cost: 2 * requests,
    bytesIn: 1,
    bytesOut: 1,
  });
  const latencies = [{ minute: row(0, "", 0).minute, operation: "getData", histogram: { 100: 1 } }];
  await addUsage(db, {
    rows: [row(0, "getData", 8), row(3, "getData", 4), row(1, "getInfo", 6)],
    keyUses: [],
    latencies,
  });
  await db.destroy();
});

describe("latchkey usage", () => {
  it("shows the calls of each client, the most frequent first", async () => {
    const { code, out } = await latchkey(`usage ${DAY} --group-by operation`);
    expect(code).toBe(0);
    expect(out).toBe(
      [
        "2026-11-20T00:00:00.000Z to 2026-11-20T04:00:00.000Z, by hour",
        "",
        "OPERATION  REQUESTS  COST  P50 MS  P99 MS  BY TIME",
        `getData          12    24   0.495   0.495  █  ▄     ${"█".repeat(30)}`,
        `getInfo           6    12                   █       ${"█".repeat(15)}`,
        "",
      ].join("\n"),
    );
  });

  it("shows clients by name, and finds them by it", async () => {
    const { out } = await latchkey(`usage ${DAY} --group-by client --client acme`);
    expect(out).toMatch(/^acme +18 +36/m);
    expect(await latchkey(`usage ${DAY} --client nobody`)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/Unknown client nobody/),
    });
  });

  it("prints JSON and CSV", async () => {
    const { out } = await latchkey(`usage ${DAY} --operation getInfo --json`);
    expect(JSON.parse(out).series[0].points.map(({ requests }: { requests: number }) => requests)).toEqual([
      0, 6, 0, 0,
    ]);
    expect((await latchkey(`usage ${DAY} --bucket day --csv`)).out).toBe(
      "at,requests,cost,bytesIn,bytesOut\n2026-11-20T00:00:00.000Z,18,36,3,3\n",
    );
  });

  it("tells when there were no requests", async () => {
    expect((await latchkey("usage --from 2020-01-01T00:00:00Z --to 2020-01-02T00:00:00Z")).out).toBe(
      "No requests in this time.\n",
    );
    expect((await latchkey("usage")).code).toBe(0);
  });

  it.each([
    ["--group-by colour", /Invalid --group-by: use up to three of client, key/],
    ["--group-by client,key,code,operation", /up to three/],
    ["--from 2026-11-21T00:00:00Z --to 2026-11-20T00:00:00Z", /--from must be before --to/],
    ["--from 2020-01-01T00:00:00Z --bucket minute", /points: use longer buckets/],
    ["--from yesterday", /Invalid start yesterday/],
  ])("refuses %s", async (words, message) => {
    const { code, err } = await latchkey(`usage ${words}`);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(message) });
  });
});

describe("latchkey keys show", () => {
  it("tells when a key was last used, for what, and from where", async () => {
    const { key } = JSON.parse((await latchkey("keys create --client acme --scope data:read --json")).out);
    const db = await openDatabase(environment.DATABASE_URL);
    const use = {
      keyId: key.id,
      operation: "getData",
      network: "192.0.2.1",
      at: Date.parse("2026-11-20T01:00:00Z"),
      requests: 3,
    };
    const later = { ...use, operation: "getInfo", network: "2001:db8::", at: use.at + 1, requests: 1 };
    await addUsage(db, { rows: [], keyUses: [use, later], latencies: [] });
    await db.destroy();
    const { out } = await latchkey(`keys show ${key.id}`);
    expect(out).toMatch(/^last used +2026-11-20T01:00:00\.001Z, getInfo, from 2001:db8::$/m);
    expect(out).toMatch(/^use 2 +3 times getData from 192\.0\.2\.1, last 2026-11-20T01:00:00\.000Z$/m);
    expect(JSON.parse((await latchkey(`keys show ${key.id} --json`)).out).uses[0]).toEqual({
      operation: "getInfo",
      network: "2001:db8::",
      at: "2026-11-20T01:00:00.001Z",
      requests: 1,
    });
  });
});

describe("latchkey explain", () => {
  it("tells why a request was refused, and the line of the contract", async () => {
    const db = await openDatabase(environment.DATABASE_URL);
    const decision = {
      requestId: "req_5Hq0ZkX0b1TnVd4sWcYe",
      at: Date.parse("2026-11-20T01:00:00Z"),
      status: 403,
      code: "scope-missing",
      detail: "This key lacks the scope secret:read.",
      check: "authorize",
      method: "GET",
      operation: "getSecretData",
      line: 95,
      clientId: "client_7Qm2ZkX0b1TnVd4sWcYe",
      keyId: "key_4Tz0ZkX0b1TnVd4sWcYe",
      address: "192.0.2.1",
    } as const;
    const stranger = { ...decision, requestId: "req_stranger", operation: "", line: 0, clientId: "", keyId: "" };
    await writeDecisions(db, [decision, stranger]);
    await db.destroy();
    const { out } = await latchkey(`explain ${decision.requestId}`);
    expect(out).toMatch(/^response +403 scope-missing$/m);
    expect(out).toMatch(/^check that failed +authorize$/m);
    expect(out).toMatch(/^operation +GET getSecretData\ncontract +openapi\.yaml:95$/m);
    expect((await latchkey("explain req_stranger")).out).toMatch(/^operation +none \(GET\)\nfrom +192\.0\.2\.1$/m);
    expect(JSON.parse((await latchkey(`explain ${decision.requestId} --json`)).out)).toMatchObject({ line: 95 });
    expect(await latchkey("explain req_x")).toMatchObject({
      code: 1,
      err: expect.stringMatching(/No refused request req_x is stored/),
    });
  });
});

describe("latchkey keys hygiene", () => {
  it("lists keys that need attention, with the fix for each", async () => {
    await latchkey("clients create tidy --plan free");
    expect((await latchkey("keys hygiene --client tidy")).out).toBe("No findings.\n");
    const { key } = JSON.parse((await latchkey("keys create --client tidy --scope data:read --json")).out);
    const { out } = await latchkey("keys hygiene --client tidy");
    expect(out).toMatch(
      new RegExp(
        `^${key.id}  tidy    never-expires  It works .+  npm run -s latchkey -- keys update ${key.id} --expires 90d$`,
        "m",
      ),
    );
    const mended = out.split("latchkey -- ").at(-1)?.trim() ?? "";
    expect((await latchkey(mended)).code).toBe(0);
    expect((await latchkey("keys hygiene --client tidy")).out).toBe("No findings.\n");
    expect(JSON.parse((await latchkey("keys hygiene --json")).out).items.length).toBeGreaterThan(0);
    expect((await latchkey("keys hygiene --client nobody")).code).toBe(1);
  });
});
