#!/usr/bin/env node
// An old Node must be able to run this file: no newer syntax, and no import of the program before the check.
import { readFileSync } from "node:fs";

const { engines } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
const needed: string = engines.node.replace(">=", "");
const found = process.versions.node;

if (isAtLeast(found, needed)) {
  await import("./main.ts");
} else {
  const major = needed.split(".", 1);
  process.stderr.write(
    `Latchkey needs Node ${needed} or later, and this is Node ${found}: get Node ${major} from https://nodejs.org, or with "nvm install ${major}".\n`,
  );
  process.exitCode = 1;
}

/** Compares major and minor version only. */
function isAtLeast(version: string, least: string): boolean {
  const [major, minor] = toNumbers(version);
  const [leastMajor, leastMinor] = toNumbers(least);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

function toNumbers(version: string): [number, number] {
  const [major, minor] = version.split(".");
  return [Number(major), Number(minor)];
}
