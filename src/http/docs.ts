import { readFileSync } from "node:fs";
import { extname, join } from "node:path";
import type { RequestHandler } from "express";
// Not the package itself: it runs all of Swagger UI, in Node, to hand over the path.
import getAbsoluteFSPath from "swagger-ui-dist/absolute-path.js";
import swaggerUi from "swagger-ui-express";
import type { JsonObject } from "../contract/json.ts";
import { operationsIn, toOperation } from "../contract/operations.ts";

/** All that the page needs of Swagger UI. Its stock index.html, which loads a demo contract, is not among it. */
const ASSETS = [
  "swagger-ui.css",
  "swagger-ui-bundle.js",
  "swagger-ui-standalone-preset.js",
  "favicon-16x16.png",
  "favicon-32x32.png",
] as const;

const OPTIONS = {
  customSiteTitle: "Latchkey: try the API",
  // The top bar would load any contract from anywhere; the link below the title would name the page's own copy.
  customCss: ".swagger-ui .topbar, .swagger-ui .info .link { display: none }",
  swaggerOptions: {
    url: "docs/openapi.json",
    // Keys stay in the page's memory, and no badge is fetched from swagger.io.
    persistAuthorization: false,
    validatorUrl: null,
    displayRequestDuration: true,
    defaultModelsExpandDepth: 0,
  },
};

/** The pages of Swagger UI: path → how it answers. */
export function docsPages(document: JsonObject): Readonly<Record<string, RequestHandler>> {
  const html = swaggerUi.generateHTML(undefined, OPTIONS).replaceAll('"./', '"docs/');
  const [initializer] = swaggerUi.serveFiles(undefined, OPTIONS) as [RequestHandler];
  const shown = JSON.stringify(withScopes(document));

  return {
    "/docs": (_req, res) => void res.type("html").send(html),
    "/docs/": (_req, res) => res.redirect(308, "../docs"),
    "/docs/openapi.json": (_req, res) => void res.type("json").send(shown),
    "/docs/swagger-ui-init.js": initializer,
    ...Object.fromEntries(ASSETS.map((name) => [`/docs/${name}`, asset(name)])),
  };
}

/** Whole, and kept from the first time on: conditions and ranges are not worth their errors here. */
function asset(name: string): RequestHandler {
  let content: Buffer | undefined;
  return (_req, res) => {
    content ??= readFileSync(join(getAbsoluteFSPath(), name));
    res.set("Cache-Control", "public, max-age=3600").type(extname(name)).send(content);
  };
}

/** The contract with the scopes of each operation in its texts: Swagger UI itself shows none for API keys. */
export function withScopes(document: JsonObject): JsonObject {
  const shown = structuredClone(document);
  for (const found of operationsIn(shown)) {
    const { operation } = found;
    const { isPublic, isPassedOn, scopes } = toOperation(document, found);
    const names = scopes.map((scope) => `\`${scope}\``).join(", ");
    const need = isPassedOn
      ? "Has a security of its own."
      : isPublic
        ? "No key needed."
        : names === ""
          ? "Any valid key."
          : `Needs the scope ${names}.`;
    const brief = isPassedOn ? "its own security" : isPublic ? "public" : scopes.join(", ") || "any key";
    Object.assign(operation, {
      summary: `${operation["summary"] ?? operation["operationId"]} · ${brief}`,
      description: `**${need}**\n\n${operation["description"] ?? ""}`,
    });
  }
  return shown;
}
