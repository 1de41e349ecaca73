import { renameSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { inDatabase, insertHolder, namesIn, verdictOn } from "../../support/databases.ts";
import { runCaptured, startProgram } from "../../support/process/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";

// Several processes, and all ways to lose a file: test/raw/store/lost-file.raw.ts.
const folder = temporaryFolder();

/** A service in this process on a database file of its own, and calls with an administrative key. */
async function aRunningService(name: string) {
  const path = join(folder, name);
  const environment = { PORT: "0", DATABASE_URL: `sqlite:${path}` };
  const created = await runCaptured("keys create --admin --scope data:read --json".split(" "), { environment });
  const headers = { "x-api-key": JSON.parse(created.out).secret, connection: "close" };
  const service = startProgram(["serve"], { environment });
  const [, url = ""] = await service.out.until(/"url":"([^"]+)"/);
  const get = async (at: string) => (await fetch(`${url}${at}`, { headers })).status;
  const create = async (client: string) => {
    const body = JSON.stringify({ name: client });
    const json = { ...headers, "content-type": "application/json" };
    return (await fetch(`${url}/v1/clients`, { method: "POST", headers: json, body })).status;
  };
  const stop = () => {
    service.stop();
    return service.finished;
  };
  return { path, service, get, create, stop };
}

async function until(status: number, ask: () => Promise<number>) {
  while ((await ask()) !== status) await wait(20);
}

describe("a running service whose database file is lost", () => {
  it("acknowledges nothing, admits no key, and logs it once", async () => {
    const { path, service, get, create, stop } = await aRunningService("removed.db");
    expect(await create("before")).toBe(201);
    expect(await get("/data")).toBe(200);

    unlinkSync(path);
    expect(await create("after")).toBe(503);
    await until(503, () => get("/data"));
    await until(503, () => get("/readyz"));
    expect(await get("/healthz")).toBe(200);
    await service.out.until(/the database file is lost/);
    const { out, err } = await stop();
    expect(err).toMatch(/^(Counts are lost .+ was removed, .+\n)?$/);
    expect(out.match(/the database file is lost/g)).toHaveLength(1);
  });

  it("leaves the file alone that was put in its place", async () => {
    const { path, get, stop } = await aRunningService("replaced.db");
    const another = join(folder, "another.db");
    await inDatabase(another, (db) => insertHolder(db, "another"));
    renameSync(another, path);
    await until(503, () => get("/readyz"));
    await stop();
    expect(verdictOn(path)).toBe("ok");
    expect(await namesIn(path)).toEqual(["another"]);
  });
});
