import type { NextFunction, Request, RequestHandler, Response } from "express";
import helmet from "helmet";
import { authorize } from "../auth/authorize.ts";
import type { Contract } from "../contract/load.ts";
import type { KeySchemes } from "../contract/schemes.ts";
import { docsPages } from "./docs.ts";
import { exchangeOf } from "./exchange.ts";
import { toAllow } from "./match.ts";
import { problemPages } from "./problem-pages.ts";
import type { Refuse } from "./refusals.ts";
import type { SendProblem } from "./send-problem.ts";
import type { TakeKey } from "./take-key.ts";
import { pathOf } from "./target.ts";

export type PageDeps = {
  readonly contract: Pick<Contract, "document" | "text">;
  readonly schemes: KeySchemes;
  readonly takeKey: TakeKey;
  readonly refuse: Refuse;
  readonly sendProblem: SendProblem;
};

/** What may run and load on a page: nothing from elsewhere, and no script but our files. Swagger UI styles inline. */
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
  // Only over TLS does this header mean anything (RFC 6797 §7.2).
  strictTransportSecurity: false,
});

/** What is served beside the operations of the contract: one table, exact paths, GET only. */
export function pages(deps: PageDeps): RequestHandler {
  const { contract, sendProblem } = deps;
  const json = JSON.stringify(contract.document);
  const table = new Map<string, RequestHandler>(
    Object.entries({
      ...docsPages(contract.document),
      ...problemPages(),
      "/openapi.json": afterKey(deps, (_req, res) => void res.type("json").send(json)),
      "/openapi.yaml": afterKey(deps, (_req, res) => void res.type("application/yaml").send(contract.text)),
    }),
  );

  return (req, res, next) => {
    const page = table.get(pathOf(req.originalUrl));
    // Whether somebody may see a page of ours is nothing that a proxy asks.
    if (page === undefined || exchangeOf(req).isAsked) return next();
    if (req.method === "OPTIONS") return void res.set("Allow", ALLOW).status(204).end();
    if (req.method !== "GET") {
      const detail = `Use one of ${ALLOW}.`;
      return sendProblem(req, res, { code: "method-not-allowed", detail }, { headers: { Allow: ALLOW } });
    }
    protectPage(req, res, (error?: unknown) => (error === undefined ? page(req, res, next) : next(error)));
  };
}

const ALLOW = toAllow(["GET"]);

/** Whoever shows a key is told when it is no good, and never taken for somebody without one. */
function afterKey({ schemes, takeKey, refuse }: PageDeps, page: RequestHandler): RequestHandler {
  const asked = Object.values(schemes).filter((carrier) => carrier.in === "header");
  return async (req: Request, res: Response, next: NextFunction) => {
    const identity = await takeKey(req, asked);
    const outcome = authorize(identity, []);
    if (outcome.kind === "admitted" || outcome.kind === "key-missing") page(req, res, next);
    else refuse(req, res, outcome);
  };
}
