import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { fillKeys } from "./many-keys.ts";
import type { Command } from "./process.ts";
import type { Scenario, Secrets } from "./scenarios.ts";

export const ROOT = join(import.meta.dirname, "../../..");
export const PEERS = join(ROOT, "scripts/bench/peers");

export type Setting = {
  /** A folder for temporary files. */
  readonly folder: string;
  readonly port: number;
  readonly secrets: Secrets;
  /** The path of a contract with this number of operations. */
  readonly contractOf: (operations: number) => string;
  /** The port of the table's upstream, if it has one. */
  readonly upstream: number;
};

export type Contender = {
  readonly name: string;
  /** The number of operations in its contract. Default: 8. */
  readonly operations?: number;
  /** What is missing on this machine, and how to install it. */
  readonly missing?: () => string | undefined;
  readonly command: (setting: Setting) => Command;
  /** The key that it accepts, if it issues its own. */
  readonly keyOf?: (setting: Setting) => string;
  /** The keys that are in use, if it has many. */
  readonly keysOf?: (setting: Setting) => Promise<readonly string[]>;
  /** The request that it gets, if not that of its table. */
  readonly scenario?: Scenario;
  /** Keys are created and revoked while it is measured. */
  readonly keyChanges?: { readonly perSecond: number; readonly databaseIn: (setting: Setting) => string };
  /** Of the load generator, if not as many as usual. */
  readonly connections?: number;
};

/** The option of `npm start`. */
const SMALL_NURSERY = "--max-semi-space-size=8";

export const node = (
  file: string,
  environment: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
): Command => ({
  words: [process.execPath, ...flags, join(PEERS, file)],
  environment: { NODE_ENV: "production", ...environment },
});

const peer = (name: string, file: string, operations = 8): Contender => ({
  name,
  operations,
  command: ({ secrets, contractOf }) =>
    node(file, {
      BENCH_KEY: secrets.ample,
      BENCH_CONTRACT: contractOf(operations),
      BENCH_OPERATIONS: String(operations),
    }),
});

export const RAW = peer("node:http, a Map", "raw.mjs");
export const EXPRESS = peer("Express, a hand-written check", "express-checked.mjs");
export const EXPRESS_VALIDATOR = peer("Express + validator", "express-validator.mjs");
export const GLUE = peer("fastify-openapi-glue", "openapi-glue.mjs");

export function expressValidator(operations: number): Contender {
  return peer(`Express + validator, ${operations} operations`, "express-validator.mjs", operations);
}

type Latchkey = {
  readonly name: string;
  readonly operations?: number;
  readonly database?: string;
  readonly settings?: Readonly<Record<string, string>>;
};

/** Latchkey with the contract of the benchmark: handlers in one process, without Express routes. */
export function latchkey({ name, operations = 8, database, settings = {} }: Latchkey): Contender {
  return {
    name,
    operations,
    command: ({ folder, contractOf }) =>
      node(
        "latchkey.ts",
        {
          BENCH_CONTRACT: contractOf(operations),
          BENCH_OPERATIONS: String(operations),
          DATABASE_URL: databaseIn(folder, database),
          ...settings,
        },
        [SMALL_NURSERY],
      ),
  };
}

export function databaseIn(folder: string, name = "latchkey"): string {
  return `sqlite:${folder}/${name}.db`;
}

/** The same without usage counts. */
export function unmetered(name: string): Contender {
  const hook = pathToFileURL(join(PEERS, "unmetered.mjs")).href;
  return {
    ...latchkey({ name }),
    command: (setting) => {
      const { words, environment } = latchkey({ name }).command(setting);
      const [program = "", ...rest] = words;
      return { words: [program, "--import", hook, ...rest], environment: environment ?? {} };
    },
  };
}

type Many = { readonly name: string; readonly stored: number; readonly used: number; readonly changes?: number };

/** `used` of the `stored` keys are in use, and there are so many `changes` of other keys per second. */
export function latchkeyOfMany({ name, stored, used, changes }: Many): Contender {
  const databaseOf = ({ port }: Setting) => `many-${port}`;
  return {
    ...latchkey({ name }),
    command: (setting) => latchkey({ name, database: databaseOf(setting) }).command(setting),
    keysOf: (setting) => fillKeys(databaseIn(setting.folder, databaseOf(setting)), stored, used),
    ...(changes !== undefined && {
      keyChanges: {
        perSecond: changes,
        databaseIn: (setting: Setting) => databaseIn(setting.folder, databaseOf(setting)),
      },
    }),
  };
}

export const STARTED_AS_BY_NPM = [process.execPath, SMALL_NURSERY, join(ROOT, "src/cli/run.mjs"), "serve"];

/** Started with `npm start`, with its own contract. */
export function service(name: string, settings: Readonly<Record<string, string>> = {}, cores = "0"): Contender {
  return {
    name,
    command: ({ folder }) => ({
      words: STARTED_AS_BY_NPM,
      cores,
      environment: { DATABASE_URL: databaseIn(folder, "service"), ...settings },
    }),
  };
}

export const BETTER_AUTH: Contender = {
  name: "better-auth, its API key plugin",
  command: ({ folder, port }) =>
    node("better-auth.mjs", { BENCH_DATABASE: `${folder}/better-auth-${port}.db`, KEY_FILE: `${folder}/${port}.key` }),
  keyOf: ({ folder, port }) => readFileSync(`${folder}/${port}.key`, "utf8"),
};

const GUNICORN =
  "gunicorn with Flask is missing: apt-get install python3-flask gunicorn, or pip install flask gunicorn";

export const FLASK: Contender = {
  name: "the Flask app, gunicorn",
  missing: () => {
    const { status } = spawnSync("gunicorn", ["--check-config", "--chdir", PEERS, "lesson:app"], {
      env: { ...process.env, BENCH_KEY: "any", PYTHONDONTWRITEBYTECODE: "1" },
    });
    return status === 0 ? undefined : GUNICORN;
  },
  command: ({ port, secrets }) => ({
    words: [
      "gunicorn",
      "--workers",
      "1",
      "--timeout",
      "0",
      "--bind",
      `127.0.0.1:${port}`,
      "--chdir",
      PEERS,
      "lesson:app",
    ],
    environment: { BENCH_KEY: secrets.ample, PYTHONDONTWRITEBYTECODE: "1" },
  }),
};
