import { z } from "zod";
import { foldHeaderName } from "../../lib/http/fold-header-name.ts";
import { isNeverForwarded } from "../../lib/http/never-forwarded.ts";

/**
 * Headers that requests to an upstream get, by name: texts with the names of secrets, such as `Bearer ${BILLING_TOKEN}`.
 */
export type UpstreamHeaders = Readonly<Record<string, string>>;

const EXAMPLE = "$" + "{BILLING_TOKEN}";

const SECRET = /\$\{([^}]*)\}/g;
const SECRET_NAME = /^[A-Z][0-9A-Z_]{0,63}$/;

/** Settings of this service, which an upstream must not learn. */
const OWN_SETTING = /^(?:LATCHKEY_.*|DATABASE_URL|REDIS_URL|PORT|HOST)$/;

/** The names of the secrets in the value of a header. */
export function secretNamesIn(text: string): readonly string[] {
  return [...text.matchAll(SECRET)].map(([, name = ""]) => name);
}

/** The value of a header, with each name replaced by the secret that `secretOf` returns. */
export function fillSecrets(text: string, secretOf: (name: string) => string): string {
  return text.replace(SECRET, (_, name: string) => secretOf(name));
}

/** Headers that belong to the message or its way, and not to the caller. Folded. */
const OF_MESSAGE: ReadonlySet<string> = new Set(
  [
    ...["Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer"],
    ...["Transfer-Encoding", "Upgrade", "Host", "Content-Length", "Content-Type", "Content-Encoding", "Expect", "Via"],
  ].map(foldHeaderName),
);

function isSettable(name: string): boolean {
  const folded = foldHeaderName(name);
  return !OF_MESSAGE.has(folded) && !isNeverForwarded(folded);
}

function hasSoundSecrets(text: string): boolean {
  const names = secretNamesIn(text);
  const isSound = names.every((name) => SECRET_NAME.test(name) && !OWN_SETTING.test(name));
  return names.length > 0 && isSound && !fillSecrets(text, () => "").includes("${");
}

/** The word `headers` of `x-latchkey: { upstream: … }`. */
export const UPSTREAM_HEADERS = z
  .record(
    z
      .string()
      .regex(/^[0-9A-Za-z!#$%&'*+.^_`|~-]{1,64}$/)
      .refine(isSettable, "must be the name of a header that Latchkey does not set itself"),
    z
      .string()
      .max(1_000)
      .regex(/^[ -~]*$/)
      .refine(
        hasSoundSecrets,
        `must name a secret in capitals, such as Bearer ${EXAMPLE}, and never contain one: set BILLING_TOKEN, or BILLING_TOKEN_FILE, in the environment`,
      ),
  )
  .describe(
    `Headers of each request to the upstream, by name, such as Bearer ${EXAMPLE}: that stands for the environment variable BILLING_TOKEN, or for the content of the file that BILLING_TOKEN_FILE names. Clients cannot send these headers.`,
  );
