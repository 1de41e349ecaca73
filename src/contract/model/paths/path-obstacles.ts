import { isWellEncoded } from "../../../lib/http/percent.ts";
import { namesIn, parseTemplate, withoutFragment } from "./path-template.ts";

/** Why no request reaches a path, as the fix; undefined for a path that is served. */
export function obstacleIn(path: string): string | undefined {
  const requested = withoutFragment(path);
  return OBSTACLES.find(([isInTheWay]) => isInTheWay(requested))?.[1];
}

/** The first row that applies counts. */
const OBSTACLES: readonly (readonly [(path: string) => boolean, string])[] = [
  [(path) => !path.startsWith("/"), "start it with a slash"],
  [(path) => path.includes("?"), "end it before ?, and declare its parameters in: query"],
  [(path) => /\/(?:\/|\.{1,2}(?:\/|$))/.test(decodedDots(path)), "remove empty segments, . and .."],
  [(path) => /[{}]/.test(path.replaceAll(/\{[^{}]*\}/g, "")), "close its braces, and use them for parameters only"],
  [(path) => namesIn(path).some((name) => name === "" || name === "__proto__"), "give each parameter a name"],
  [(path) => path.includes("}{"), "put a text between two parameters, or declare them as one"],
  [hasUnreadableText, "remove backslashes, control characters and broken percent-encodings"],
];

function decodedDots(path: string): string {
  return path.replaceAll(/%2e/gi, ".");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to find
const UNREADABLE = /[\\\u0000-\u001f\u007f]|%(?![0-9A-Fa-f]{2})/;

function hasUnreadableText(path: string): boolean {
  const texts = parseTemplate(path).flatMap((segment) => segment.filter((part) => part.kind === "text"));
  return (
    UNREADABLE.test(path) ||
    !isWellEncoded(path.replaceAll(/\{[^{}]*\}/g, "")) ||
    texts.some(({ text }) => UNREADABLE.test(text.replaceAll("%", "")) || !text.isWellFormed())
  );
}
