import { once } from "../../lib/async/once.ts";
import { setHeaders } from "../reply/writer/common-headers.ts";
import { INITIALIZER, OWN_FILES, SWAGGER_UI_FILES } from "./docs-files.ts";
import type { Page } from "./page.ts";
import { PAGE_HEADERS } from "./page-headers.ts";

const PATHS = ["/docs", "/docs/", ...[INITIALIZER, ...OWN_FILES, ...SWAGGER_UI_FILES].map((name) => `/docs/${name}`)];

/**
 * The pages of Swagger UI, by path. Express serves them, and is loaded for the first of them.
 * @param prefix the path below which they are.
 */
export function docsPages(prefix: string): Readonly<Record<string, Page>> {
  const load = once(async () => (await import("./swagger-ui.ts")).createSwaggerUi());
  const page: Page = async ({ req, message }) => {
    const serve = await load();
    return {
      kind: "delegated",
      respond: (res, headers) => {
        setHeaders(res, [...headers, ...PAGE_HEADERS]);
        // The target as the client wrote it may be an absolute one.
        req.url = message.target.slice(prefix.length);
        serve(req, res);
      },
    };
  };
  return Object.fromEntries(PATHS.map((path) => [path, page]));
}
