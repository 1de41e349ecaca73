import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "@jest/globals";

const ROOT = join(import.meta.dirname, "..");
// Within the project: the linter finds types through its tsconfig.json alone.
const folder = mkdtempSync(join(ROOT, "test/seeded-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SEEDED = `import type { Stage } from "../../src/http/stages/stage.ts";
type Run = Stage["run"];
export const ofAnotherStage = (inner: Run): Run => async (exchange) => { inner(exchange); return undefined; };
export const thrownAway = (job: () => Promise<void>) => { void job(); };
export const withoutRejection = (job: () => Promise<void>) => { job().then(() => {}); };
export const asCondition = (job: () => Promise<boolean>) => { if (job()) throw new Error("never"); };
export const passedOn = (inner: Run): Run => (exchange) => inner(exchange);
export const caught = (job: () => Promise<void>) => { job().catch(() => {}); };
`;

// The first one ended the process whenever a client hung up while its request was on the way to an upstream.
it("the linter objects to promises without an owner, those of stages that call others too, and to nothing else", () => {
  const file = join(folder, "seeded.ts");
  writeFileSync(file, SEEDED);
  const program = join(ROOT, "node_modules/oxlint/bin/oxlint");
  const words = [program, "--type-aware", "--format=unix", file];
  const { stdout } = spawnSync(process.execPath, words, { cwd: ROOT, encoding: "utf8" });
  const violations = [...stdout.matchAll(/seeded\.ts:(\d+):.*typescript\(no-([a-z]+)-promises\)/g)];
  expect(violations.map(([, line, kind]) => `${line} ${kind}`).toSorted()).toEqual([
    "3 floating",
    "4 floating",
    "5 floating",
    "6 misused",
  ]);
});
