import { readFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { extname, join } from "node:path";
import express, { type ErrorRequestHandler, type NextFunction, type Request, type Response } from "express";
// Not the package itself, which would run all of Swagger UI in Node just to return the path.
import getAbsoluteFSPath from "swagger-ui-dist/absolute-path.js";
import swaggerUi from "swagger-ui-express";
import { INITIALIZER, OWN_FILES, SWAGGER_UI_FILES } from "./docs-files.ts";

const OPTIONS = {
  customSiteTitle: "Latchkey: try the API",
  customCssUrl: "./docs.css",
  customJs: ["./swagger.js", "./personal.js"],
  swaggerOptions: {
    url: "docs/openapi.json",
    // Keys stay in the page's memory, and no badge is fetched from swagger.io.
    persistAuthorization: false,
    validatorUrl: null,
    displayRequestDuration: true,
    defaultModelsExpandDepth: 0,
  },
};

/** Without it, phones lay out the page for a desktop and shrink it. */
const VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1">';

type ServePage = (req: Request, res: Response, next: NextFunction) => void;

/** An Express app with the pages and files of Swagger UI; not the contract that they show. */
export function createSwaggerUi(): RequestListener {
  const pages = new Map(Object.entries(toPages()));
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  // Express itself would respond to an error with a page that may show it.
  return app
    .use((req, res, next) => {
      const page = pages.get(req.path);
      if (page === undefined) throw new Error("This is not a page of Swagger UI.");
      return page(req, res, next);
    })
    .use(((_error, _req, res, _next) => void res.destroy()) satisfies ErrorRequestHandler);
}

/** By path. */
function toPages(): Readonly<Record<string, ServePage>> {
  const html = swaggerUi
    .generateHTML(undefined, OPTIONS)
    .replace('<meta charset="UTF-8">', `$&\n  ${VIEWPORT}`)
    .replaceAll("<script src='", "<script type='module' src='")
    .replaceAll(/(["'])\.\//g, "$1docs/");
  // The first of its handlers serves the initializer; their type allows them to be missing.
  const [initializer] = swaggerUi.serveFiles(undefined, OPTIONS) as [ServePage];

  return {
    "/docs": (_req, res) => void res.type("html").send(html),
    "/docs/": (_req, res) => res.redirect(308, "../docs"),
    [`/docs/${INITIALIZER}`]: initializer,
    ...Object.fromEntries(OWN_FILES.map((name) => [`/docs/${name}`, ownFile(name)])),
    ...Object.fromEntries(SWAGGER_UI_FILES.map((name) => [`/docs/${name}`, swaggerUiFile(name)])),
  };
}

function ownFile(name: string): ServePage {
  const content = readFileSync(new URL(`assets/${name}`, import.meta.url));
  return (_req, res) => void res.type(extname(name)).send(content);
}

/** Read on first use, then cached. Always sent whole: conditional and range requests are not worth their errors here. */
function swaggerUiFile(name: string): ServePage {
  let content: Buffer | undefined;
  return (_req, res) => {
    content ??= readFileSync(join(getAbsoluteFSPath(), name));
    res.set("Cache-Control", "public, max-age=3600").type(extname(name)).send(content);
  };
}
