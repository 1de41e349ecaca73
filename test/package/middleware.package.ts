import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { blocksOf } from "../support/pages/page.ts";
import { type Child, startChild } from "../support/process/child.ts";
import { aFreePort, isOpen } from "../support/process/ports.ts";
import { machine, pack, runIn } from "../support/programs/packed.ts";
import { temporaryFolder } from "../support/temporary.ts";

const folder = temporaryFolder(tmpdir());
const environment = machine(folder);
const run = runIn(environment);
const [install = "", start = "", calls = ""] = blocksOf("middleware.md", "sh");
/** What the page asks its reader to save, and the language of its block there. */
const FILES = [
  ["openapi.yaml", "yaml"],
  ["tsconfig.json", "json"],
  ["app.ts", "ts"],
] as const;
let app: Child;
let port = 0;

const bash = (commands: string) => run(["/bin/bash", "-ec", commands], folder);

beforeAll(async () => {
  const tarball = await pack(folder, environment);
  // The name of the file in the page is that of this version.
  expect(install).toContain(` ./${basename(tarball)} `);
  await bash(install);
  for (const [name, kind] of FILES) writeFileSync(join(folder, name), blocksOf("middleware.md", kind)[0] ?? "");
  port = await aFreePort();
  app = startChild(
    ["/bin/bash", "-ec", start.replace("node app.ts", "exec node app.ts")],
    { ...environment, PORT: `${port}` },
    folder,
  );
  let lastWords: string | undefined;
  const { process: program, out, err } = app;
  program.once("close", () => {
    lastWords = out.text() + err.text();
  });
  while (!(await isOpen(port))) {
    if (lastWords !== undefined) throw new Error(`It did not start:\n${lastWords}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});
afterAll(() => void app?.process.kill("SIGKILL"));

describe("the page about the middleware", () => {
  it("leads from an empty folder to what it promises", async () => {
    const commands = calls.replaceAll("127.0.0.1:8080", `127.0.0.1:${port}`).replaceAll("\ncurl", "\necho; curl");
    const [missing = "", book = "", loan = "", hours = ""] = (await bash(commands)).trim().split("\n");
    expect(JSON.parse(missing)).toMatchObject({ status: 401, code: "key-missing" });
    expect(JSON.parse(book)).toEqual({ id: "1", title: "The Left Hand of Darkness" });
    expect(JSON.parse(loan)).toEqual({ bookId: "1", borrower: "my-app" });
    expect(hours).toBe("9 to 5");
  });
});

describe("the types of the example", () => {
  const compile = async (from: string, to: string) => {
    const text = readFileSync(join(folder, "app.ts"), "utf8");
    expect(text).toContain(from);
    writeFileSync(join(folder, "changed.ts"), text.replace(from, to));
    const { code, out } = await startChild(["npx", "tsc"], environment, folder).ended;
    return { code, out };
  };

  it.each([
    ["a status that is not declared", "status: 404", "status: 410"],
    ["a field that is not declared", "body: { reason:", "body: { raeson:"],
    ["a parameter that is not declared", "path.bookId", "path.id"],
    ["an operation that is not declared", "getBook:", "getBooks:"],
    ["a body of another type", '"9 to 5"', "95"],
  ])("refuse %s", async (_, from, to) => {
    const { code, out } = await compile(from, to);
    expect(code).not.toBe(0);
    expect(out).toMatch(/^changed\.ts\(\d+,\d+\): error TS/);
  });

  it("accept what is declared", async () => {
    expect(await compile('"There is no such book."', '"No."')).toEqual({ code: 0, out: "" });
  });
});

describe("the app", () => {
  it("ends in order when it is asked to", async () => {
    app.process.kill("SIGTERM");
    expect((await app.ended).code).toBe(0);
  });
});
