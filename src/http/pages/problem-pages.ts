import { isProblemCode, PROBLEMS, type ProblemCode } from "../../problem/catalog.ts";
import { htmlPage, type Page } from "./page.ts";

/** The pages that the `type` of a problem leads to, by path. */
export function problemPages(): Readonly<Record<string, Page>> {
  const codes = Object.keys(PROBLEMS).filter(isProblemCode);

  return {
    "/problems": toPage("Problems", "", listOf(codes)),
    ...Object.fromEntries(
      codes.map((code) => [`/problems/${code}`, toPage(PROBLEMS[code].title, "../", aboutOf(code))]),
    ),
  };
}

function listOf(codes: readonly ProblemCode[]): string {
  const items = codes.map((code) => {
    const { status, title } = PROBLEMS[code];
    return `<li><a href="problems/${code}">${title}</a><br><code>${status} ${code}</code></li>`;
  });
  return `<p>When this service refuses a request, it responds with one of these problems, as
<code>application/problem+json</code>. The <code>type</code> of the problem leads here.</p>
<ul>${items.join("\n")}</ul>
<p><a href="docs">Try the API</a></p>`;
}

function aboutOf(code: ProblemCode): string {
  const { status, about } = PROBLEMS[code];
  return `<p>${toCode(about)}</p>
<p>HTTP status <b>${status}</b>, <code>code</code> <b>${code}</b>. The <code>detail</code> of the response says more about your request;
with its <code>requestId</code> the operator finds the request in the log.</p>
<p><a href="../problems">All problems</a> · <a href="../docs">Try the API</a></p>`;
}

/** The texts of the catalogue are trusted: they only contain \`code\` and characters that HTML needs escaped. */
function toCode(text: string): string {
  return text.replaceAll("<", "&lt;").replaceAll(/`([^`]*)`/g, "<code>$1</code>");
}

/** @param root leads from the page to the root of the service, which may be below a path of a proxy. */
function toPage(title: string, root: string, content: string): Page {
  return htmlPage(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" type="image/png" href="${root}docs/favicon-32x32.png">
<title>${title} · Latchkey</title>
<style>
  :root { color-scheme: light dark; background: Canvas; color: CanvasText }
  body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem; overflow-wrap: anywhere }
  ul { padding-left: 1.2rem }
  li { margin-bottom: .5rem }
  li code { opacity: .75; font-size: .9rem }
</style>
<h1>${title}</h1>
${content}
</html>
`);
}
