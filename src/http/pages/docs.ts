import { readFileSync } from "node:fs";
import { extname, join } from "node:path";
// Not the package itself, which would run all of Swagger UI in Node just to return the path.
import getAbsoluteFSPath from "swagger-ui-dist/absolute-path.js";
import swaggerUi from "swagger-ui-express";
import type { Stage } from "../stage.ts";

/** The files of Swagger UI that the page needs; not its stock index.html, which loads a demo contract. */
const SWAGGER_UI_FILES = [
  "swagger-ui.css",
  "swagger-ui-bundle.js",
  "swagger-ui-standalone-preset.js",
  "favicon-16x16.png",
  "favicon-32x32.png",
] as const;

/** The files that this service adds. */
const OWN_FILES = ["docs.css", "curl.js", "swagger.js", "personal.js"] as const;

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

/** The pages of Swagger UI, by path; not the contract that they show. */
export function docsPages(): Readonly<Record<string, Stage>> {
  const html = swaggerUi
    .generateHTML(undefined, OPTIONS)
    .replace('<meta charset="UTF-8">', `$&\n  ${VIEWPORT}`)
    .replaceAll("<script src='", "<script type='module' src='")
    .replaceAll(/(["'])\.\//g, "$1docs/");
  // The first of its handlers serves the initializer; their type allows them to be missing.
  const [initializer] = swaggerUi.serveFiles(undefined, OPTIONS) as [Stage];

  return {
    "/docs": (_req, res) => void res.type("html").send(html),
    "/docs/": (_req, res) => res.redirect(308, "../docs"),
    "/docs/swagger-ui-init.js": initializer,
    ...Object.fromEntries(OWN_FILES.map((name) => [`/docs/${name}`, ownFile(name)])),
    ...Object.fromEntries(SWAGGER_UI_FILES.map((name) => [`/docs/${name}`, swaggerUiFile(name)])),
  };
}

function ownFile(name: string): Stage {
  const content = readFileSync(new URL(`assets/${name}`, import.meta.url));
  return (_req, res) => void res.type(extname(name)).send(content);
}

/** Read on first use, then cached. Always sent whole: conditional and range requests are not worth their errors here. */
function swaggerUiFile(name: string): Stage {
  let content: Buffer | undefined;
  return (_req, res) => {
    content ??= readFileSync(join(getAbsoluteFSPath(), name));
    res.set("Cache-Control", "public, max-age=3600").type(extname(name)).send(content);
  };
}
