import type { Request, Response } from "express";
import helmet from "helmet";
import { authorize } from "../../auth/authorize.ts";
import type { RuleBook } from "../../auth/rule-book.ts";
import type { JsonObject } from "../../contract/document/json.ts";
import type { Contract } from "../../contract/model/contract.ts";
import { headerCarriersOf, type KeySchemes } from "../../contract/model/schemes.ts";
import type { ApiKey } from "../../keys/key.ts";
import { createLruCache } from "../../lib/lru-cache.ts";
import type { Clock } from "../../lib/time/clock.ts";
import { exchangeOf } from "../message/exchange.ts";
import { pathOf } from "../message/target.ts";
import { methodNotAllowed, toAllow } from "../reply/path-problems.ts";
import type { Refuse } from "../reply/refusals.ts";
import type { SendProblem } from "../reply/send-problem.ts";
import { runStage, type Stage } from "../stage.ts";
import type { IdentifyRequest } from "../stages/identify.ts";
import { docsPages } from "./docs.ts";
import { withGettingStarted } from "./getting-started.ts";
import { withProblemLinks } from "./problem-links.ts";
import { problemPages } from "./problem-pages.ts";
import { personalContract, withLimits, withScopes } from "./shown-contract.ts";

export type PageDeps = {
  readonly contract: Pick<Contract, "document" | "text">;
  readonly ruleBook: RuleBook;
  readonly clock: Clock;
  /** The page for Prometheus, and whether it is public. */
  readonly metrics: { readonly page: Stage; readonly isOpen: boolean };
  readonly schemes: KeySchemes;
  readonly identifyRequest: IdentifyRequest;
  readonly refuse: Refuse;
  readonly sendProblem: SendProblem;
};

/** What a page may load and run: only files of this service, no inline scripts. Swagger UI needs inline styles. */
const protectPage = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", "data:"],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  xFrameOptions: { action: "deny" },
  // `edge` sets it, over TLS only (RFC 6797 §7.2).
  strictTransportSecurity: false,
});

/** Serves the pages that are not operations of the contract: one table of exact paths, GET only. */
export function pages(deps: PageDeps): Stage {
  const { contract, sendProblem } = deps;
  const whole = withLimits(contract.document, deps.ruleBook);
  const [json, shown] = [whole, forPage(whole)].map((document) => JSON.stringify(document));
  const personal = personalTexts(deps);
  const table = new Map<string, Stage>(
    Object.entries({
      ...docsPages(),
      ...problemPages(),
      "/metrics": metricsFor(deps),
      "/openapi.json": afterKey(deps, (key, res) => void res.type("json").send(key ? personal(key).json : json)),
      "/docs/openapi.json": afterKey(deps, (key, res) => void res.type("json").send(key ? personal(key).shown : shown)),
      "/openapi.yaml": afterKey(deps, (_key, res) => void res.type("application/yaml").send(contract.text())),
    }),
  );

  return (req, res, next) => {
    const page = table.get(pathOf(req.originalUrl));
    // A proxy asks about operations of the contract, never about these pages.
    if (page === undefined || exchangeOf(req).isForwardAuth) return next();
    if (req.method === "OPTIONS") return void res.set("Allow", ALLOW).status(204).end();
    if (req.method !== "GET") {
      return sendProblem(req, res, methodNotAllowed(ALLOW), { headers: { Allow: ALLOW } });
    }
    protectPage(req, res, (error?: unknown) => (error === undefined ? runStage(page, req, res, next) : next(error)));
  };
}

/** The contract for Swagger UI, with explanations for people. */
const forPage = (document: JsonObject) => withGettingStarted(withProblemLinks(withScopes(document)));

const ALLOW = toAllow(["GET"]);

/** Checked here, as a page is not an operation with scopes that the validator enforces. */
const METRICS_SCOPE = "metrics:read";

function metricsFor({ metrics, schemes, identifyRequest, refuse }: PageDeps): Stage {
  if (metrics.isOpen) return metrics.page;
  const accepted = headerCarriersOf(schemes);
  return async (req, res, next) => {
    const outcome = authorize(await identifyRequest(req, accepted), [METRICS_SCOPE]);
    if (outcome.kind === "admitted") return metrics.page(req, res, next);
    refuse(req, res, outcome);
  };
}

/** Serves a page with or without a key. A key that is not admitted is refused, never treated as no key. */
function afterKey(
  { schemes, identifyRequest, refuse }: PageDeps,
  page: (key: ApiKey | undefined, res: Response) => void,
): Stage {
  const accepted = headerCarriersOf(schemes);
  return async (req: Request, res: Response) => {
    const identity = await identifyRequest(req, accepted);
    const outcome = authorize(identity, []);
    if (outcome.kind === "admitted") page(outcome.key, res);
    else if (outcome.kind === "key-missing") page(undefined, res);
    else refuse(req, res, outcome);
  };
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
