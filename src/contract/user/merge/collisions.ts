import { WAY_OUT } from "../../checks/paths.ts";
import type { Report } from "../../document/finding.ts";
import { asRecord } from "../../document/json.ts";
import type { Outline } from "../../model/outline.ts";
import { namesIn, shapeOf } from "../../model/paths/path-template.ts";
import { createRoutes } from "../../model/paths/routes.ts";

/**
 * Finds paths of a user contract that are paths of the service too, or that would never get some of their requests
 * because the service has them, and scopes that would open its administration.
 * @param scopes all scopes of the service, also those of operations that are served elsewhere.
 */
export function reportCollisions(user: Outline, builtIn: Outline, scopes: Outline["scopes"], report: Report) {
  const shapes = new Set(builtIn.pathItems.map(({ path }) => shapeOf(path)));
  for (const { path } of user.pathItems) {
    if (shapes.has(shapeOf(path))) report(["paths", path], `${path} is a path of Latchkey itself: ${WAY_OUT}`);
  }
  const routes = createRoutes(user.pathItems.map(({ path }) => ({ method: "", path })));
  for (const { path } of builtIn.pathItems) {
    const found = routes.match("", namesIn(path).length === 0 ? path : path.replaceAll(/\{[^{}]*\}/g, "x"));
    if (found.kind !== "matched" || shapes.has(shapeOf(found.operation.path))) continue;
    const message = `requests for ${path} do not reach ${found.operation.path}, because that is a path of Latchkey itself`;
    report(["paths", found.operation.path], `${message}: ${WAY_OUT}`, "hidden");
  }
  reportScopeCollisions(user, scopes, report);
}

function reportScopeCollisions({ document: { root } }: Outline, scopes: Outline["scopes"], report: Report) {
  const schemes = Object.entries(asRecord(asRecord(root["components"])["securitySchemes"]));
  for (const [name, scheme] of schemes) {
    for (const scope of Object.keys(asRecord(asRecord(scheme)["x-scopes"]))) {
      if (!Object.hasOwn(scopes, scope)) continue;
      const place = ["components", "securitySchemes", name, "x-scopes", scope];
      report(place, `${scope} is a scope of Latchkey itself and would open its administration: choose another scope`);
    }
  }
}
