import { type Clock, systemClock } from "./clock.ts";
import { type Random, systemRandom } from "./random.ts";

export type ClientOptions = {
  /** The URL of the service, such as `https://api.example.com`. The key is sent to this origin only. */
  readonly baseUrl: string;
  /** The API key. `undefined`, such as an environment variable that is not set, is refused. */
  readonly key: string | undefined;
  /** The header for the key. By default, `x-api-key`. */
  readonly keyHeader?: string;
  /** Allows `http://`, so that anyone on the network path can read the key. Not needed for loopback. */
  readonly dangerouslyAllowHttp?: boolean;
  /** The maximum number of attempts for a call, from 1 (no retries) to 10. By default, 4. */
  readonly attempts?: number;
  /** If the service asks for a longer wait, the error is thrown at once. By default, a minute. */
  readonly longestWaitMs?: number;
  readonly fetch?: (request: Request) => Promise<Response>;
  /** Receives each warning once. By default, `console.warn`. */
  readonly warn?: (warning: string) => void;
  readonly clock?: Clock;
  readonly random?: Random;
};

export type Settings = Required<ClientOptions> & { readonly key: string; readonly origin: string };

/** The defaults, which also define the type of each option. */
const DEFAULTS: Required<ClientOptions> = {
  baseUrl: "",
  key: "",
  keyHeader: "x-api-key",
  dangerouslyAllowHttp: false,
  attempts: 4,
  longestWaitMs: 60_000,
  // The global is looked up for each call and called without `this`: browsers refuse `fetch` as a method.
  fetch: (request) => fetch(request),
  // biome-ignore lint/suspicious/noConsole: a library has no other default place for warnings.
  warn: (warning) => console.warn(warning),
  clock: systemClock,
  random: systemRandom,
};

/** Timers longer than about 24 days fire at once. */
const MAX_WAIT_MS = 86_400_000;
const MAX_ATTEMPTS = 10;

/**
 * Checks `options` and fills in the defaults.
 * @throws TypeError with every error and its fix, but never with a value, which could be the key.
 */
export function checkOptions(options: ClientOptions): Settings {
  const settings = { ...DEFAULTS, ...options };
  const errors = [...mistypedOptions(settings), ...invalidOptions(settings)];
  if (errors.length > 0) throw new TypeError(`${errors.join("; ")}.`);

  // The key is known to be a string by now.
  return { ...settings, origin: new URL(settings.baseUrl).origin } as Settings;
}

type Given = Required<ClientOptions>;

function mistypedOptions(settings: Given): readonly string[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    const wanted = typeof DEFAULTS[name as keyof Given];
    if (typeof value === wanted) return [];
    return wanted === "undefined" ? `${name} is not a known option` : `${name} must be of type ${wanted}; is it set?`;
  });
}

function invalidOptions({ baseUrl, dangerouslyAllowHttp, key, keyHeader, attempts, longestWaitMs }: Given) {
  const rules: readonly (readonly [isKept: boolean, rule: string])[] = [
    [
      isSafe(baseUrl, dangerouslyAllowHttp),
      "baseUrl must be a plain https:// URL; http:// is for this machine, or for dangerouslyAllowHttp: true",
    ],
    // The characters of a bearer token (RFC 6750 §2.1): none can break a header, and JSON escapes none of them.
    [/^[\w.~+/=-]+$/.test(`${key}`), "key must be the text of an API key"],
    [/^[\w-]+$/.test(keyHeader), "keyHeader must be the name of a header"],
    [attempts >= 1 && attempts <= MAX_ATTEMPTS, `attempts must be from 1 to ${MAX_ATTEMPTS}`],
    [longestWaitMs >= 0 && longestWaitMs <= MAX_WAIT_MS, `longestWaitMs must be from 0 to ${MAX_WAIT_MS}`],
  ];
  return rules.flatMap(([isKept, rule]) => (isKept ? [] : rule));
}

function isSafe(baseUrl: string, isHttpAllowed: boolean): boolean {
  if (!URL.canParse(baseUrl)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(baseUrl);
  if (username + password + search + hash) return false;
  return protocol === "https:" || (protocol === "http:" && (isHttpAllowed || LOOPBACK.test(hostname)));
}

/** Matches hosts as URL normalizes them. Names below localhost are loopback too (RFC 6761 §6.3). */
const LOOPBACK = /^((.+\.)?localhost|127(\.\d+){3}|\[::1])$/;
