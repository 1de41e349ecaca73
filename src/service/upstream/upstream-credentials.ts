import { readFileSync } from "node:fs";
import { UPSTREAM_SECRET } from "../../config/contract-settings.ts";
import type { FindSecret, SecretSource } from "../../config/secrets.ts";
import type { Operation } from "../../contract/model/operations.ts";
import { fillSecrets, secretNamesIn } from "../../contract/model/upstream-headers.ts";
import type { Log } from "../../lib/log/log.ts";

/** Secrets for an upstream are missing, or cannot be used. The message names each, and never contains one. */
export class SecretsUnusable extends Error {}

export type UpstreamCredentials = {
  /** The headers that requests for `operation` get: name, value, name, value, … */
  readonly headersOf: (operation: Operation) => readonly string[];
  /** Reads secrets in files again. If one of them cannot be used, that is logged, and the old ones stay. */
  readonly reload: () => void;
};

/**
 * Reads the secrets that the contract names for its upstreams.
 * @throws SecretsUnusable
 */
export function openUpstreamCredentials(
  operations: readonly Operation[],
  findSecret: FindSecret,
  log: Log,
): UpstreamCredentials {
  const read = () => readHeaders(operations, findSecret);
  let headers = read();
  return {
    headersOf: (operation) => headers.get(operation) ?? [],
    reload: () => {
      if (headers.size === 0) return;
      try {
        headers = read();
        log.info("secrets for the upstream reloaded");
      } catch (error) {
        if (!(error instanceof SecretsUnusable)) throw error;
        log.error({ reason: error.message }, "secrets for the upstream not reloaded");
      }
    },
  };
}

function readHeaders(operations: readonly Operation[], findSecret: FindSecret) {
  const concerned = operations.filter(({ upstreamHeaders }) => Object.keys(upstreamHeaders).length > 0);
  const names = concerned.flatMap(({ upstreamHeaders }) => Object.values(upstreamHeaders).flatMap(secretNamesIn));
  const values = readSecrets([...new Set(names)], findSecret);
  return new Map(concerned.map((operation) => [operation, toHeaders(operation, values)]));
}

function toHeaders({ upstreamHeaders }: Operation, values: ReadonlyMap<string, string>): readonly string[] {
  const secretOf = (name: string) => values.get(name) ?? "";
  return Object.entries(upstreamHeaders).flatMap(([name, text]) => [name, fillSecrets(text, secretOf)]);
}

function readSecrets(names: readonly string[], findSecret: FindSecret): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const problems: string[] = [];
  for (const name of names) {
    const read = readSecret(name, findSecret);
    if ("problem" in read) problems.push(read.problem);
    else values.set(name, read.value);
  }
  if (problems.length > 0) throw new SecretsUnusable(problems.join("\n"));
  return values;
}

/** What a header may contain (RFC 9110 §5.5), at its beginning and end without whitespace. */
const HEADER_VALUE = /^[!-~\x80-\xff](?:[\t -~\x80-\xff]*[!-~\x80-\xff])?$/;

function readSecret(name: string, findSecret: FindSecret): Read {
  const source = findSecret(name);
  if (source === undefined) {
    return {
      problem: `${name} is not set, and the contract needs it for its upstream: set ${name}, or ${name}_FILE to the path of a file that contains it.`,
    };
  }
  const read = readSource(name, source);
  if ("problem" in read || HEADER_VALUE.test(read.value)) return read;
  return { problem: `${name} is empty, or has characters that a header cannot contain: correct it.` };
}

type Read = { readonly value: string } | { readonly problem: string };

function readSource(name: string, source: SecretSource): Read {
  if ("value" in source) return source;
  try {
    return { value: readFileSync(source.file, "utf8").replace(/\r?\n$/, "") };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { problem: `${name}_FILE: ${source.file} cannot be read (${code}): use a file that this user may read.` };
  }
}

/**
 * The secret that signs requests to the upstream; undefined for none.
 * @throws SecretsUnusable
 */
export function readSigningSecret(source: SecretSource | undefined): string | undefined {
  if (source === undefined) return undefined;
  const { name, schema, accepts } = UPSTREAM_SECRET;
  const read = readSource(name, source);
  if ("problem" in read) throw new SecretsUnusable(read.problem);
  if (read.value !== "" && schema.safeParse(read.value).success) return read.value;
  throw new SecretsUnusable(`The file of ${name}_FILE is not valid: give it ${accepts}.`);
}
