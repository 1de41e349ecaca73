#!/usr/bin/env node
// An old Node must be able to run this file: no newer syntax, and no import of the program before the check.
import { findNodeProblem } from "./needed-node.cjs";

const problem = findNodeProblem();
if (problem === undefined) {
  await import("./main.ts");
} else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}
