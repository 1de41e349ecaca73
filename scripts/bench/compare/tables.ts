import { measureColdKeys } from "./cold-keys.ts";
import {
  BETTER_AUTH,
  type Contender,
  EXPRESS,
  EXPRESS_VALIDATOR,
  expressValidator,
  FLASK,
  GLUE,
  latchkey,
  latchkeyOfMany,
  RAW,
  service,
  unmetered,
} from "./contenders.ts";
import { gateway, NGINX, NGINX_PROXY, PROXY, STOCK_GATEWAYS, UPSTREAM } from "./gateways.ts";
import type { Run } from "./rounds.ts";
import type { Scenario } from "./scenarios.ts";
import { measureStarts } from "./start-times.ts";
import type { Row } from "./table.ts";

type Titled = { readonly title: string; readonly about: string };

/** Compares servers under load. */
export type LoadTable = Titled & {
  /** The request, by name and number of operations; some requests are for the last operation. */
  readonly scenario: Scenario;
  /** The baseline that the others are compared with. */
  readonly measure: Contender;
  /** The request for the baseline, if it does not support the other one. */
  readonly measuredBy?: Scenario;
  /** The upstream of proxies. */
  readonly upstream?: Contender;
  /** The least seconds of a round, for work that the service does only every few seconds. */
  readonly seconds?: number;
  readonly contenders: readonly Contender[];
};

/** Measures Latchkey alone, in a way of its own. */
export type OwnTable = Titled & { readonly run: (run: Run) => Promise<readonly Row[]> };

/** Usage counts are added up every ten seconds, which takes longer the more keys there are. */
const USAGE_SECONDS = 10;

const FAST_PATH_OFF = { LATCHKEY_FAST_PATH: "off" };
const LATCHKEY = latchkey({ name: "Latchkey" });
const SLOW = latchkey({ name: "Latchkey, LATCHKEY_FAST_PATH=off", settings: FAST_PATH_OFF });
const UNLIMITED_FAILED_KEYS = latchkey({ name: "Latchkey", settings: { LATCHKEY_FAILED_KEYS_PER_MINUTE: "0" } });
const CHECKED = [EXPRESS_VALIDATOR, GLUE];
const GATEWAYS = [
  gateway({ name: "Latchkey as a gateway" }),
  gateway({ name: "Latchkey as a gateway, LATCHKEY_FAST_PATH=off", settings: FAST_PATH_OFF }),
  ...STOCK_GATEWAYS,
  NGINX_PROXY,
];

/** A server under another name, with a request of its own. */
const asked = (contender: Contender, name: string, scenario: Scenario): Contender => ({ ...contender, name, scenario });

/** All measurements, in this order. */
export const TABLES: readonly (LoadTable | OwnTable)[] = [
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
  ...(["keyed GET", "GET with parameters", "POST of JSON"] as const).map((scenario) => ({
    title: `validator, ${scenario}`,
    about:
      "What the compiled judge cannot tell is judged by the validator. `LATCHKEY_FAST_PATH=off` sends every request there, compared with Express and the same validator.",
    scenario,
    measure: EXPRESS_VALIDATOR,
    contenders: [SLOW],
  })),
  {
    title: "decoded parameters",
    about: "`?q=two%20words&tag=a&tag=b`, compared with `?q=two-words&tag=a&tag=b`.",
    scenario: "search to decode",
    measuredBy: "plain search",
    measure: latchkey({ name: "Latchkey, nothing to decode" }),
    contenders: [LATCHKEY],
  },
  {
    title: "search",
    about: "The same two, compared with the GET with parameters, which have neither arrays nor anything to decode.",
    scenario: "GET with parameters",
    measure: LATCHKEY,
    contenders: [
      asked(LATCHKEY, "Latchkey, nothing to decode", "plain search"),
      asked(LATCHKEY, "Latchkey, decoded", "search to decode"),
    ],
  },
  {
    title: "security",
    about: "Operations with other security than one scope, compared with the keyed GET.",
    scenario: "keyed GET",
    measure: LATCHKEY,
    contenders: [
      asked(LATCHKEY, "Latchkey, the second of two scopes", "alternative scopes"),
      asked(LATCHKEY, "Latchkey, a key and a login", "key and login"),
      asked(LATCHKEY, "Latchkey, no key needed", "public operation"),
    ],
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
    title: "keys in turn",
    about: "5,000 stored keys, of which one is in use, or each in turn.",
    scenario: "many keys",
    measuredBy: "one of many keys",
    seconds: USAGE_SECONDS,
    measure: latchkeyOfMany({ name: "Latchkey, one key", stored: 5_000, used: 5_000 }),
    contenders: [latchkeyOfMany({ name: "Latchkey, 5,000 keys", stored: 5_000, used: 5_000 })],
  },
  {
    title: "key changes",
    about: "5,000 keys in turn, while another process creates and revokes other keys.",
    scenario: "many keys",
    seconds: USAGE_SECONDS,
    measure: latchkeyOfMany({ name: "Latchkey, no changes", stored: 5_000, used: 5_000 }),
    contenders: [5, 50].map((changes) =>
      latchkeyOfMany({ name: `Latchkey, ${changes} changes a second`, stored: 5_000, used: 5_000, changes }),
    ),
  },
  {
    title: "cold keys",
    about:
      "10,000 keys that the service has not seen since its start: the first request with each, and the second, with the work that they leave behind.",
    run: measureColdKeys,
  },
  {
    title: "stored keys",
    about: "10,000 keys in use, out of 10,000 and out of 1,000,000 stored keys.",
    scenario: "many keys",
    seconds: USAGE_SECONDS,
    measure: latchkeyOfMany({ name: "Latchkey, 10,000 keys", stored: 10_000, used: 10_000 }),
    contenders: [latchkeyOfMany({ name: "Latchkey, 1,000,000 keys", stored: 1_000_000, used: 10_000 })],
  },
  {
    title: "gateway GET",
    about: "In front of an upstream that responds at once, compared with a proxy that checks nothing.",
    scenario: "keyed GET",
    measure: PROXY,
    contenders: GATEWAYS,
    upstream: UPSTREAM,
  },
  {
    title: "gateway POST",
    about: "A body of 206 bytes, which Latchkey and Express validate. The others pass it on as it is.",
    scenario: "POST of JSON",
    measure: PROXY,
    contenders: GATEWAYS,
    upstream: UPSTREAM,
  },
  {
    title: "gateway operations",
    about: "The last operation of contracts with 8 and 300 operations.",
    scenario: "the last operation",
    measure: gateway({ name: "Latchkey as a gateway, 8 operations" }),
    contenders: [gateway({ name: "Latchkey as a gateway, 300 operations", operations: 300 })],
    upstream: UPSTREAM,
  },
  {
    title: "service",
    about: "`npm start` with its own contract, as an operator sees it.",
    scenario: "of the service",
    measuredBy: "keyed GET",
    measure: RAW,
    contenders: [service("Latchkey, `npm start`")],
  },
  {
    title: "start",
    about:
      "From the start of the process to its first response, on both cores, and the memory ten seconds later. The first start finds nothing cached for its contract.",
    run: measureStarts,
  },
  {
    title: "workers",
    about: "All processes share one core, so the relevant figure is the CPU time per request.",
    scenario: "of the service",
    measure: service("Latchkey, `npm start`"),
    contenders: [service("Latchkey, two workers", { LATCHKEY_WORKERS: "2" })],
  },
  {
    title: "workers on two cores",
    about:
      "Two workers on two cores, of which the generator uses one too, with 32 connections each. The relevant figure is the CPU time per request.",
    scenario: "of the service",
    measure: service("Latchkey, `npm start`"),
    contenders: [{ ...service("Latchkey, two workers", { LATCHKEY_WORKERS: "2" }, "0,1"), connections: 64 }],
  },
];
