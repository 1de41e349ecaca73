/** The files of Swagger UI that the page needs; not its stock index.html, which loads a demo contract. */
export const SWAGGER_UI_FILES = [
  "swagger-ui.css",
  "swagger-ui-bundle.js",
  "swagger-ui-standalone-preset.js",
  "favicon-16x16.png",
  "favicon-32x32.png",
] as const;

/** The files that this service adds. */
export const OWN_FILES = ["docs.css", "curl.js", "patterns.js", "swagger.js", "personal.js"] as const;

/** The settings of Swagger UI, as a script. */
export const INITIALIZER = "swagger-ui-init.js";
