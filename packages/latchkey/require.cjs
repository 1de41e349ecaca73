// What `require("latchkey")` loads. An old Node must be able to run this file, up to the error.
"use strict";

const { findNodeProblem } = require("./cli/needed-node.cjs");

const problem = findNodeProblem();
// The stack would only name this file.
if (problem !== undefined) throw Object.assign(new Error(problem), { stack: `Error: ${problem}` });

module.exports = require("./middleware.js");
