import { type Clock, systemClock } from "./clock.ts";
import { type Random, systemRandom } from "./random.ts";

export type ClientOptions = {
  /** Where the service is, such as `https://api.example.com`. The key goes to this origin and to no other. */
  readonly baseUrl: string;
  /** The text of the API key. It is `undefined` only where a variable is not set, and then refused. */
  readonly key: string | undefined;
  /** The header that carries it; `x-api-key` unless the contract has another. */
  readonly keyHeader?: string;
  /** Sends the key in clear text, for whoever is on the way to read. Loopback needs no such permission. */
  readonly dangerouslyAllowHttp?: boolean;
  /** How often a call is made at most, from 1 (never again) to 10; 4 unless it says otherwise. */
  readonly attempts?: number;
  /** Where the service asks for a longer wait than this, its refusal is thrown at once; a minute unless it says otherwise. */
  readonly longestWaitMs?: number;
  readonly fetch?: (request: Request) => Promise<Response>;
  /** Is told once what somebody should know; `console.warn` unless it says otherwise. */
  readonly warn?: (warning: string) => void;
  readonly clock?: Clock;
  readonly random?: Random;
};

export type Settings = Required<ClientOptions> & { readonly key: string; readonly origin: string };

/** What is not given, and of which type each option is. */
const DEFAULTS: Required<ClientOptions> = {
  baseUrl: "",
  key: "",
  keyHeader: "x-api-key",
  dangerouslyAllowHttp: false,
  attempts: 4,
  longestWaitMs: 60_000,
  // Looked up with each call, and called on nothing: browsers refuse a fetch that is a method of something else.
  fetch: (request) => fetch(request),
  // biome-ignore lint/suspicious/noConsole: in somebody's program or page there is no other place for it.
  warn: (warning) => console.warn(warning),
  clock: systemClock,
  random: systemRandom,
};

/** Timers that are set to some weeks or more go off at once. */
const MOST_WAIT_MS = 86_400_000;
const MOST_ATTEMPTS = 10;

/**
 * The settings out of `options`.
 * @throws TypeError with everything that is wrong with them, and what to do about it; never with a value.
 */
export function checkOptions(options: ClientOptions): Settings {
  const settings = { ...DEFAULTS, ...options };
  const errors = [...mistypedOptions(settings), ...mistakenOptions(settings)];
  if (errors.length > 0) throw new TypeError(`${errors.join("; ")}.`);

  // It is known by now that the key is a text.
  return { ...settings, origin: new URL(settings.baseUrl).origin } as Settings;
}

type Given = Required<ClientOptions>;

function mistypedOptions(settings: Given): readonly string[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    const wanted = typeof DEFAULTS[name as keyof Given];
    if (typeof value === wanted) return [];
    return wanted === "undefined" ? `${name} is no option` : `${name} must be of type ${wanted}; is it set?`;
  });
}

function mistakenOptions({ baseUrl, dangerouslyAllowHttp, key, keyHeader, attempts, longestWaitMs }: Given) {
  const rules: readonly (readonly [isKept: boolean, rule: string])[] = [
    [
      isSafe(baseUrl, dangerouslyAllowHttp),
      "baseUrl must be a plain https:// URL; http:// is for this machine, or for dangerouslyAllowHttp: true",
    ],
    // What may stand in Authorization: Bearer (RFC 6750 §2.1): no header can be broken with it, and JSON leaves it alone.
    [/^[\w.~+/=-]+$/.test(`${key}`), "key must be the text of an API key"],
    [/^[\w-]+$/.test(keyHeader), "keyHeader must be the name of a header"],
    [attempts >= 1 && attempts <= MOST_ATTEMPTS, `attempts must be from 1 to ${MOST_ATTEMPTS}`],
    [longestWaitMs >= 0 && longestWaitMs <= MOST_WAIT_MS, `longestWaitMs must be from 0 to ${MOST_WAIT_MS}`],
  ];
  return rules.flatMap(([isKept, rule]) => (isKept ? [] : rule));
}

function isSafe(baseUrl: string, isHttpAllowed: boolean): boolean {
  if (!URL.canParse(baseUrl)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(baseUrl);
  if (username + password + search + hash) return false;
  return protocol === "https:" || (protocol === "http:" && (isHttpAllowed || LOOPBACK.test(hostname)));
}

/** As URL writes hosts: in lower case, IPv4 in four decimal numbers. Names below localhost stay here (RFC 6761 §6.3). */
const LOOPBACK = /^((.+\.)?localhost|127(\.\d+){3}|\[::1])$/;
