import { readFileSync } from "node:fs";
import { extname, join } from "node:path";
import type { RequestHandler } from "express";
// Not the package itself: it runs all of Swagger UI, in Node, to hand over the path.
import getAbsoluteFSPath from "swagger-ui-dist/absolute-path.js";
import swaggerUi from "swagger-ui-express";

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
  customCss: `.swagger-ui .topbar, .swagger-ui .info .link { display: none }
    #personal { font: 14px sans-serif; padding: 12px 20px; background: #e8f0fa; }
    #personal button { margin-left: 12px; padding: 4px 12px; font: inherit; cursor: pointer; }`,
  customJs: "docs/personal.js",
  swaggerOptions: {
    url: "docs/openapi.json",
    // Keys stay in the page's memory, and no badge is fetched from swagger.io.
    persistAuthorization: false,
    validatorUrl: null,
    displayRequestDuration: true,
    defaultModelsExpandDepth: 0,
  },
};

const PERSONAL = readFileSync(new URL("assets/personal.js", import.meta.url));

/** The pages of Swagger UI, beside the contract that they show: path → how it answers. */
export function docsPages(): Readonly<Record<string, RequestHandler>> {
  const html = swaggerUi.generateHTML(undefined, OPTIONS).replaceAll('"./', '"docs/');
  const [initializer] = swaggerUi.serveFiles(undefined, OPTIONS) as [RequestHandler];

  return {
    "/docs": (_req, res) => void res.type("html").send(html),
    "/docs/": (_req, res) => res.redirect(308, "../docs"),
    "/docs/swagger-ui-init.js": initializer,
    "/docs/personal.js": (_req, res) => void res.type("js").send(PERSONAL),
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
