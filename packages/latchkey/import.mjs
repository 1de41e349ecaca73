// What `import "latchkey"` loads. An old Node must be able to run this file, up to the error.
import { findNodeProblem } from "./cli/needed-node.cjs";

const problem = findNodeProblem();
// The stack would only name this file.
if (problem !== undefined) throw Object.assign(new Error(problem), { stack: `Error: ${problem}` });

export const { LatchkeyRefused, callOf, latchkey } = await import("./middleware.js");
