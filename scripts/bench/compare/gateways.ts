import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Contender, databaseIn, node, PEERS, type Setting, STARTED_AS_BY_NPM } from "./contenders.ts";
import type { Command } from "./process.ts";

const upstreamOf = ({ upstream }: Setting) => `http://127.0.0.1:${upstream}`;

/** A proxy from `scripts/bench/peers`. */
function proxy(name: string, file: string): Contender {
  return {
    name,
    command: (setting) =>
      node(file, {
        BENCH_KEY: setting.secrets.ample,
        BENCH_CONTRACT: setting.contractOf(8),
        BENCH_UPSTREAM: upstreamOf(setting),
      }),
  };
}

export const PROXY = proxy("undici's pool behind node:http", "proxy.mjs");
export const STOCK_GATEWAYS = [
  proxy("undici's pool, dispatch()", "proxy-dispatch.mjs"),
  proxy("Express + validator + http-proxy-middleware", "proxy-express.mjs"),
  proxy("fastify + http-proxy + rate-limit", "proxy-fastify.mjs"),
];

type Gateway = {
  readonly name: string;
  readonly operations?: number;
  readonly settings?: Readonly<Record<string, string>>;
};

/** Latchkey as `npm start` runs it, in front of the upstream. */
export function gateway({ name, operations = 8, settings = {} }: Gateway): Contender {
  return {
    name,
    operations,
    command: (setting) => ({
      words: STARTED_AS_BY_NPM,
      environment: {
        DATABASE_URL: databaseIn(setting.folder),
        LATCHKEY_CONTRACT: setting.contractOf(operations),
        LATCHKEY_UPSTREAM: upstreamOf(setting),
        ...settings,
      },
    }),
  };
}

const HAS_NGINX = spawnSync("nginx", ["-v"]).error === undefined;

function nginx(name: string, part: string): Contender {
  return {
    name,
    missing: () => (HAS_NGINX ? undefined : "nginx is missing: apt-get install nginx"),
    command: (setting) => nginxCommand(part, setting),
  };
}

function nginxCommand(part: string, { folder, port, secrets, upstream }: Setting): Command {
  const template = (name: string) => readFileSync(join(PEERS, name), "utf8");
  const values: Readonly<Record<string, string>> = {
    PART: template(part),
    FOLDER: folder,
    PORT: String(port),
    KEY: secrets.ample,
    UPSTREAM: String(upstream),
  };
  const fill = (text: string) => text.replaceAll(/@([A-Z]+)@/g, (_, name) => values[name] ?? "");
  const config = `${folder}/nginx-${port}.conf`;
  // Twice, because the part has placeholders too.
  writeFileSync(config, fill(fill(template("nginx.conf.template"))));
  return { words: ["nginx", "-c", config] };
}

export const NGINX = nginx("nginx, a static response", "nginx-static.conf.template");
export const NGINX_PROXY = nginx("nginx, proxy_pass", "nginx-proxy.conf.template");

/** Its responses are static, so that the load generator keeps most of the core that both run on. */
export const UPSTREAM = HAS_NGINX
  ? nginx("an upstream", "nginx-upstream.conf.template")
  : proxy("an upstream", "upstream.mjs");
