import { availableParallelism } from "node:os";

/** Branches of the rooms that decide who gets in; the rest is measured, not bound. */
const GUARDED = { branches: 95 };

/** `npm run check` also runs the files that take long for what a change between two edits could break. */
const KINDS = process.env["THOROUGH"] === "1" ? "{test,thorough}" : "test";

export default {
  // More than cores: some files wait for other processes, or for time to pass, and leave theirs idle meanwhile.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  // Machines are shared: nothing here depends on being quick, only on coming to an end.
  testTimeout: 300_000,
  testMatch: [`<rootDir>/test/**/*.${KINDS}.ts`],
  testPathIgnorePatterns: ["/node_modules/"],
  modulePathIgnorePatterns: ["<rootDir>/dist-client/", "<rootDir>/dist-package/"],
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": "<rootDir>/scripts/jest-strip-types.ts" },
  collectCoverageFrom: ["{src,packages}/**/*.ts", "!**/*.gen.ts"],
  coverageReporters: ["text-summary", "lcovonly"],
  coverageThreshold: { "./src/keys/": GUARDED, "./src/auth/": GUARDED, "./src/http/": GUARDED },
};
