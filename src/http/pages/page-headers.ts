import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import helmet from "helmet";
import { safeHeaders } from "../reply/writer/safe-headers.ts";

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
  // It is one of the common headers, over TLS only (RFC 6797 §7.2).
  strictTransportSecurity: false,
});

/** The headers that protect a page, beside those of every response: name, value, name, value, … */
export const PAGE_HEADERS: readonly string[] = headersFrom(protectPage);

/** What a middleware sets on every response, whatever the request is, without the headers that every response has. */
function headersFrom(middleware: (req: IncomingMessage, res: ServerResponse, next: () => void) => void): string[] {
  const req = new IncomingMessage(new Socket());
  const res = new ServerResponse(req);
  middleware(req, res, () => {});
  const common = Object.keys(safeHeaders(true)).map((name) => name.toLowerCase());
  const added = Object.entries(res.getHeaders()).filter(([name]) => !common.includes(name));
  return added.flatMap(([name, value]) => [name, String(value)]);
}
