// An old Node must be able to run this file, and to load it from an ES module: no newer syntax, CommonJS.
"use strict";

const { engines } = require("../../package.json");

/** Says which Node is needed if this one is too old. Compares major and minor version only. */
exports.findNodeProblem = function findNodeProblem() {
  const needed = engines.node.replace(">=", "");
  const found = process.versions.node;
  if (isAtLeast(found.split("."), needed.split("."))) return undefined;

  const major = needed.split(".")[0];
  const cure = `get Node ${major} from https://nodejs.org, or with "nvm install ${major}"`;
  return `Latchkey needs Node ${needed} or later, and this is Node ${found}: ${cure}.`;
};

function isAtLeast([major, minor], [leastMajor, leastMinor]) {
  return Number(major) > Number(leastMajor) || (major === leastMajor && Number(minor) >= Number(leastMinor));
}
