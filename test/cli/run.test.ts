import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { startChild } from "../support/process/child.ts";
import { nodeReporting } from "../support/process/old-node.ts";
import { machine, ROOT } from "../support/programs/packed.ts";
import { temporaryFolder } from "../support/temporary.ts";

const OLD = nodeReporting("20.20.2").command;

const place = temporaryFolder(tmpdir());

/** What a clone has before `npm ci`, as far as the start gets. */
function aClone() {
  const folder = mkdtempSync(join(place, "clone-"));
  for (const path of ["package.json", "src/cli/run.mjs", "src/cli/needed-node.cjs"]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(ROOT, path), join(folder, path));
  }
  const install = (names: readonly string[]) => {
    for (const name of names) {
      mkdirSync(join(folder, "node_modules", name), { recursive: true });
      writeFileSync(join(folder, "node_modules", name, "package.json"), "{}");
    }
  };
  const { dependencies, vendored } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return { folder, install, needed: [...Object.keys(dependencies), ...vendored] };
}

describe("a clone", () => {
  it.each([
    ["this Node", [process.execPath]],
    ["an older Node", OLD],
  ])("that nothing is installed in says that npm ci is missing, with %s", async (_, node) => {
    const { folder } = aClone();
    expect(await startChild([...node, "src/cli/run.mjs", "serve"], machine(folder), folder).ended).toEqual({
      code: 1,
      out: "",
      err: `Latchkey cannot start, because its packages are not installed: run "npm ci" in ${folder}/ first.\n`,
    });
  });

  it("says so at npm start", async () => {
    const { folder } = aClone();
    const { code, err } = await startChild(["npm", "start"], machine(folder), folder).ended;
    expect(code).toBe(1);
    expect(err).toContain('run "npm ci" in');
    expect(err).not.toMatch(/^ +at /m);
  });

  it("names the packages that a newer version of it needs", async () => {
    const { folder, install, needed } = aClone();
    install(needed.filter((name) => name !== "zod"));
    const { code, err } = await startChild([process.execPath, "src/cli/run.mjs"], machine(folder), folder).ended;
    expect(code).toBe(1);
    expect(err).toMatch(/^Latchkey cannot start, because zod is not installed: run "npm ci" in .* first\.\n$/);
  });

  it("that is started with an older Node leads to the one that npm ci installed", async () => {
    const { folder, install, needed } = aClone();
    install(needed);
    const { code, out, err } = await startChild([...OLD, "src/cli/run.mjs"], machine(folder), folder).ended;
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/^Latchkey needs Node [^\n]+ "npm start" uses the one that "npm ci" installed here\.\n$/);
  });
});
