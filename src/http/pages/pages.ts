import { authorize } from "../../auth/authorize.ts";
import type { RuleBook } from "../../auth/rule-book.ts";
import type { JsonObject } from "../../contract/document/json.ts";
import type { Contract } from "../../contract/model/contract.ts";
import type { KeySchemes } from "../../contract/model/schemes.ts";
import type { ApiKey } from "../../keys/key.ts";
import { once } from "../../lib/async/once.ts";
import { JSON_CONTENT_TYPE } from "../../lib/http/media-types.ts";
import { createLruCache } from "../../lib/lru-cache.ts";
import type { Clock } from "../../lib/time/clock.ts";
import { METRICS_TYPE, type ReadMetrics } from "../../usage/metrics-text.ts";
import { recordOf } from "../message/exchange.ts";
import { methodNotAllowed, toAllow } from "../reply/path-problems.ts";
import type { Refuse } from "../reply/refusals.ts";
import { emptyReply, problemReply, type Reply } from "../reply/reply.ts";
import { type IdentifyCaller, toPagePlaces } from "../stages/identify.ts";
import type { Stage } from "../stages/stage.ts";
import { docsPages } from "./docs.ts";
import { withGettingStarted } from "./getting-started.ts";
import { type Page, pageReply, refusedPage } from "./page.ts";
import { withProblemLinks } from "./problem-links.ts";
import { problemPages } from "./problem-pages.ts";
import { personalContract, withLimits, withScopes } from "./shown-contract.ts";

export type PageDeps = {
  readonly contract: Pick<Contract, "document" | "text" | "prefix">;
  readonly ruleBook: RuleBook;
  readonly clock: Clock;
  /** The page for Prometheus, and whether it is public; undefined where another listener has it. */
  readonly metrics: { readonly read: ReadMetrics; readonly isOpen: boolean } | undefined;
  readonly schemes: KeySchemes;
  readonly identifyCaller: IdentifyCaller;
  readonly refuse: Refuse;
};

/** Serves the pages that are not operations of the contract: one table of exact paths below the prefix, GET only. */
export function pages(deps: PageDeps): Stage {
  const { contract } = deps;
  const shared = sharedTexts(deps);
  const personal = personalTexts(deps);
  const textsFor = (key: ApiKey | undefined) => (key === undefined ? shared() : personal(key));
  const own = new Map<string, Page>(
    Object.entries({
      ...docsPages(contract.prefix),
      ...problemPages(),
      ...(deps.metrics && { "/metrics": metricsPage(deps, deps.metrics) }),
      "/openapi.json": afterKey(deps, (key) => pageReply(JSON_CONTENT_TYPE, textsFor(key).json)),
      "/docs/openapi.json": afterKey(deps, (key) => pageReply(JSON_CONTENT_TYPE, textsFor(key).shown)),
      "/openapi.yaml": afterKey(deps, () => pageReply("application/yaml; charset=utf-8", contract.text())),
    }),
  );

  const table = new Map([...own].map(([path, page]) => [`${contract.prefix}${path}`, page]));
  return {
    check: "match",
    run: (exchange) => {
      const { message, forwardAuth } = exchange;
      const page = table.get(message.path);
      // A proxy asks about operations of the contract, never about these pages.
      if (page === undefined || forwardAuth !== undefined) return undefined;
      if (message.method === "GET") return page(exchange);
      if (message.method === "OPTIONS") return emptyReply(204, ["Allow", ALLOW]);
      return problemReply(methodNotAllowed(ALLOW), { headers: { Allow: ALLOW } });
    },
  };
}

const ALLOW = toAllow(["GET"]);

/** Checked here, as a page is not an operation with scopes of its own. */
const METRICS_SCOPE = "metrics:read";

function metricsPage({ schemes, identifyCaller, refuse }: PageDeps, metrics: NonNullable<PageDeps["metrics"]>): Page {
  const reply = async () => pageReply(METRICS_TYPE, await metrics.read());
  if (metrics.isOpen) return reply;
  const places = toPagePlaces(schemes);
  return async (exchange) => {
    const outcome = authorize(await identifyCaller(exchange, places), [METRICS_SCOPE]);
    if (outcome.kind === "admitted") return reply();
    return refusedPage(refuse(recordOf(exchange), outcome));
  };
}

/** Serves a page with or without a key. A key that is not admitted is refused, never treated as no key. */
function afterKey({ schemes, identifyCaller, refuse }: PageDeps, toReply: (key: ApiKey | undefined) => Reply): Page {
  const places = toPagePlaces(schemes);
  return async (exchange) => {
    const outcome = authorize(await identifyCaller(exchange, places), []);
    if (outcome.kind === "admitted") return toReply(outcome.key);
    return outcome.kind === "key-missing" ? toReply(undefined) : refusedPage(refuse(recordOf(exchange), outcome));
  };
}

/** The contract for Swagger UI, with explanations for people. */
const forPage = (document: JsonObject) => withGettingStarted(withProblemLinks(withScopes(document)));

/** The contract for callers without a key, made when it is first asked for. */
function sharedTexts({ contract, ruleBook }: PageDeps): () => PersonalTexts {
  return once(() => {
    const whole = withLimits(contract.document, ruleBook);
    return { json: JSON.stringify(whole), shown: JSON.stringify(forPage(whole)) };
  });
}

/** How many keys have their contract cached. */
const KEPT_CONTRACTS = 50;

type PersonalTexts = { readonly json: string; readonly shown: string };

/** The contract for one key. It is cached until the key changes, unless a limit override of it can expire. */
function personalTexts({ contract, ruleBook, clock }: PageDeps): (key: ApiKey) => PersonalTexts {
  const kept = createLruCache<PersonalTexts & { readonly key: ApiKey }>(KEPT_CONTRACTS);
  return (key) => {
    const found = kept.get(key.id);
    if (found?.key === key) return found;
    const document = personalContract(contract.document, key, ruleBook, clock.now());
    const texts = { key, json: JSON.stringify(document), shown: JSON.stringify(forPage(document)) };
    const isLasting = [key.limits, key.client.limits].every((override) => (override?.until ?? null) === null);
    if (isLasting) kept.set(key.id, texts);
    return texts;
  };
}
