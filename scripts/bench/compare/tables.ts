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
const UNLIMITED_FAILED_KEYS = latchkey({ name: "Latchkey", settings: { LATCHKEY_FAILED_KEYS_PER_MINUTE: "0" } });
const CHECKED = [EXPRESS_VALIDATOR, GLUE];

/** All measurements, in this order. */
export const TABLES: readonly Table[] = [
  {
    title: "keyed GET",
    about: "A key in `x-api-key`, and a response of 45 bytes.",
    scenario: "keyed GET",
    measure: RAW,
    contenders: [LATCHKEY, SLOW, EXPRESS, ...CHECKED, BETTER_AUTH, FLASK, NGINX],
  },
  {
    title: "GET with parameters",
    about: "One parameter in the path and two in the query.",
    scenario: "GET with parameters",
    measure: RAW,
    contenders: [LATCHKEY, SLOW, EXPRESS, ...CHECKED],
  },
  {
    title: "POST of JSON",
    about: "A validated body of 206 bytes.",
    scenario: "POST of JSON",
    measure: RAW,
    contenders: [LATCHKEY, SLOW, EXPRESS, ...CHECKED],
  },
  ...(["no key", "malformed key", "unknown key"] as const).map((scenario) => ({
    title: scenario,
    about:
      "Refused with 401. `LATCHKEY_FAILED_KEYS_PER_MINUTE=0` turns off the limit for invalid keys, which would soon refuse the address.",
    scenario,
    measure: RAW,
    contenders: [UNLIMITED_FAILED_KEYS, EXPRESS, ...CHECKED],
  })),
  {
    title: "over the limit",
    about: "Refused with 429 and all its headers, compared with a bare 200.",
    scenario: "over the limit",
    measuredBy: "keyed GET",
    measure: RAW,
    contenders: [LATCHKEY],
  },
  {
    title: "operations",
    about: "The last operation of contracts with 8, 40 and 300 operations.",
    scenario: "the last operation",
    measure: latchkey({ name: "Latchkey, 8 operations" }),
    contenders: [
      ...[40, 300].map((operations) => latchkey({ name: `Latchkey, ${operations} operations`, operations })),
      ...[8, 40, 300].map(expressValidator),
    ],
  },
  {
    title: "usage counts",
    about: "The cost of counting every response.",
    scenario: "keyed GET",
    measure: unmetered("Latchkey, without usage counts"),
    contenders: [LATCHKEY],
  },
  {
    title: "keys",
    about: "10,000 keys in use, out of 10,000 and out of 1,000,000 stored keys.",
    scenario: "many keys",
    measure: latchkeyOfMany(10_000, "Latchkey, 10,000 keys"),
    contenders: [latchkeyOfMany(1_000_000, "Latchkey, 1,000,000 keys")],
  },
  {
    title: "gateway",
    about: "In front of an upstream that responds at once, compared with a proxy that only forwards.",
    scenario: "keyed GET",
    measure: PROXY,
    contenders: [GATEWAY],
    upstream: UPSTREAM,
  },
  {
    title: "service",
    about: "`npm start` with its own contract. Start time and memory are what an operator sees.",
    scenario: "of the service",
    measuredBy: "keyed GET",
    measure: RAW,
    contenders: [service("Latchkey, `npm start`")],
  },
  {
    title: "workers",
    about: "All processes share one core, so the relevant figure is the CPU time per request.",
    scenario: "of the service",
    measure: service("Latchkey, `npm start`"),
    contenders: [service("Latchkey, two workers", { LATCHKEY_WORKERS: "2" })],
  },
];
