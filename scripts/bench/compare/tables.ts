import {
  BETTER_AUTH,
  type Contender,
  EXPRESS,
  EXPRESS_VALIDATOR,
  expressValidator,
  FLASK,
  GATEWAY,
  GLUE,
  latchkey,
  latchkeyOfMany,
  NGINX,
  PROXY,
  RAW,
  service,
  UPSTREAM,
  unmetered,
} from "./contenders.ts";
import type { Scenario } from "./scenarios.ts";

export type Table = {
  readonly title: string;
  readonly about: string;
  /** The request, by name and number of operations; some requests are for the last operation. */
  readonly scenario: Scenario;
  /** The baseline that the others are compared with. */
  readonly measure: Contender;
  /** The request for the baseline, if it does not support the other one. */
  readonly measuredBy?: Scenario;
  /** The upstream of proxies. */
  readonly upstream?: Contender;
  readonly contenders: readonly Contender[];
};

const LATCHKEY = latchkey({ name: "Latchkey" });
const SLOW = latchkey({ name: "Latchkey, LATCHKEY_FAST_PATH=off", settings: { LATCHKEY_FAST_PATH: "off" } });
const UNLIMITED_STRANGERS = latchkey({ name: "Latchkey", settings: { LATCHKEY_FAILED_KEYS_PER_MINUTE: "0" } });
const CHECKED = [EXPRESS_VALIDATOR, GLUE];

/** All measurements, in this order. */
export const TABLES: readonly Table[] = [
  {
    title: "keyed GET",
    about: "A key in `x-api-key`, an answer of 45 bytes.",
    scenario: "keyed GET",
    measure: RAW,
    contenders: [LATCHKEY, SLOW, EXPRESS, ...CHECKED, BETTER_AUTH, FLASK, NGINX],
  },
  {
    title: "GET with parameters",
    about: "A parameter in the path, and two in the query.",
    scenario: "GET with parameters",
    measure: RAW,
    contenders: [LATCHKEY, SLOW, EXPRESS, ...CHECKED],
  },
  {
    title: "POST of JSON",
    about: "A body of 206 bytes, validated.",
    scenario: "POST of JSON",
    measure: RAW,
    contenders: [LATCHKEY, SLOW, EXPRESS, ...CHECKED],
  },
  ...(["no key", "malformed key", "unknown key"] as const).map((scenario) => ({
    title: scenario,
    about: "Refused with 401, with `LATCHKEY_FAILED_KEYS_PER_MINUTE=0`: otherwise the address would soon be refused.",
    scenario,
    measure: RAW,
    contenders: [UNLIMITED_STRANGERS, EXPRESS, ...CHECKED],
  })),
  {
    title: "over the limit",
    about: "Refused with 429 and all its headers, beside a bare 200.",
    scenario: "over the limit",
    measuredBy: "keyed GET",
    measure: RAW,
    contenders: [LATCHKEY],
  },
  {
    title: "operations",
    about: "The last operation of a contract of 8, 40 and 300.",
    scenario: "the last operation",
    measure: latchkey({ name: "Latchkey, 8 operations" }),
    contenders: [
      ...[40, 300].map((operations) => latchkey({ name: `Latchkey, ${operations} operations`, operations })),
      ...[8, 40, 300].map(expressValidator),
    ],
  },
  {
    title: "metering",
    about: "What it costs to count every answer.",
    scenario: "keyed GET",
    measure: unmetered("Latchkey, nothing counted"),
    contenders: [LATCHKEY],
  },
  {
    title: "keys",
    about: "10,000 keys in use, among 10,000 and among 1,000,000 stored ones.",
    scenario: "many keys",
    measure: latchkeyOfMany(10_000, "Latchkey, 10,000 keys"),
    contenders: [latchkeyOfMany(1_000_000, "Latchkey, 1,000,000 keys")],
  },
  {
    title: "gateway",
    about: "Before an upstream that answers at once, beside a proxy that does nothing but pass on.",
    scenario: "keyed GET",
    measure: PROXY,
    contenders: [GATEWAY],
    upstream: UPSTREAM,
  },
  {
    title: "service",
    about: "`npm start`, with its own contract; its start and its memory are those of an operator.",
    scenario: "of the service",
    measuredBy: "keyed GET",
    measure: RAW,
    contenders: [service("Latchkey, `npm start`")],
  },
  {
    title: "workers",
    about: "All processes on one core: what counts is the CPU time of a request.",
    scenario: "of the service",
    measure: service("Latchkey, `npm start`"),
    contenders: [service("Latchkey, two workers", { LATCHKEY_WORKERS: "2" })],
  },
];
