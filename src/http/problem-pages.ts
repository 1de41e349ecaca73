import type { RequestHandler } from "express";
import { isProblemCode, PROBLEMS, type ProblemCode } from "../problem/catalog.ts";

/** The pages that the `type` of a problem leads to: path → how it answers. */
export function problemPages(): Readonly<Record<string, RequestHandler>> {
  const codes = Object.keys(PROBLEMS).filter(isProblemCode);
  const list = codes.map((code) => `<li><a href="problems/${code}">${PROBLEMS[code].title}</a></li>`).join("\n");

  return {
    "/problems": sendHtml("Problems", `<ul>${list}</ul>`),
    ...Object.fromEntries(codes.map((code) => [`/problems/${code}`, sendHtml(PROBLEMS[code].title, aboutOf(code))])),
  };
}

function aboutOf(code: ProblemCode): string {
  const { status, about } = PROBLEMS[code];
  return `<p>${toCode(about)}</p>
<p>HTTP status <b>${status}</b>, <code>code</code> <b>${code}</b>. The answer's <code>detail</code> says more about your request, and
its <code>requestId</code> finds it in the service's log.</p>
<p><a href="../problems">All problems</a> · <a href="../docs">Try the API</a></p>`;
}

/** The texts of the catalogue are ours; all they hold is \`code\` and characters that HTML wants escaped. */
function toCode(text: string): string {
  return text.replaceAll("<", "&lt;").replaceAll(/`([^`]*)`/g, "<code>$1</code>");
}

function sendHtml(title: string, content: string): RequestHandler {
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title} · Latchkey</title>
<style>
  :root { color-scheme: light dark }
  body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem }
</style>
<h1>${title}</h1>
${content}
</html>
`;
  return (_req, res) => void res.type("html").send(html);
}
