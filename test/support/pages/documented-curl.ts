import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { startChild } from "../process/child.ts";
import { ROOT } from "../programs/packed.ts";

export const readPage = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** The curl commands in a text, in code blocks or in sentences. */
export function callsIn(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^ *```.*\n([\s\S]*?)^ *```$/gm)].map(([, block = ""]) => block).join("");
  const inline = [...text.matchAll(/`(curl [^`\n]+)`/g)].map(([, call = ""]) => call);
  return [...(blocks.match(/^.*\bcurl .+$/gm) ?? []).map((line) => line.replace(/^\$ /, "")), ...inline];
}

/** The commands that a text shows with their output: `$ curl …`, and the line below it. */
export function shownCalls(text: string): readonly (readonly [call: string, output: string])[] {
  return [...text.matchAll(/^\$ (curl .+)\n(.+)$/gm)].map(([, call = "", output = ""]) => [call, output] as const);
}

export type CurlOptions = {
  /** Where the service of the test listens, in place of the documented address. */
  readonly port: number;
  /** What `$KEY` holds. */
  readonly key: string;
  readonly options?: string;
};

/** Runs a documented call in a shell and returns its output; request ids are written as the pages write them. */
export async function runCurl(line: string, { port, key, options = "" }: CurlOptions): Promise<string> {
  const here = `127.0.0.1:${port}`;
  const call = line.replace("127.0.0.1:8080", here).replace("api.example.com", here);
  const command = call.replace(/^curl /, `curl -sS ${options} `);
  const { out, err } = await startChild(["/bin/bash", "--norc", "-c", command], { KEY: key }).ended;
  expect(err).toBe("");
  return out.replace(/"req_\w+"/, '"req_…"');
}

/** Skipped without curl, except in CI, where it fails. */
export const itWithCurl =
  spawnSync("curl", ["--version"]).status === 0 || process.env["CI"] !== undefined ? it : it.skip;
