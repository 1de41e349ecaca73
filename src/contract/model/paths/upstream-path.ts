import type { Operation } from "../operations.ts";
import { parseTemplate, sliceSent, splitSegment, type TemplateSegment } from "./path-template.ts";
import { valueProblem } from "./path-value.ts";

type Forwarded = Pick<Operation, "path" | "matrixParameters">;

/**
 * Makes the path of requests for an upstream: the texts as the contract writes them, the parameters as the client sent
 * them. So an upstream that reads `/items/%6dine` differently from `/items/mine` gets only one of them.
 * @returns a function of the path that was sent and matched; undefined when an upstream could read another path in it.
 */
export function createUpstreamPath({ path, matrixParameters }: Forwarded): (sent: string) => string | undefined {
  const segments = parseTemplate(path).map((segment) => createWriteSegment(segment, matrixParameters));
  if (!path.includes("{")) {
    const whole = `/${segments.map((write) => write("")).join("/")}`;
    return () => whole;
  }
  return (sent) => {
    const texts = sent.slice(1).split("/");
    if (texts.length !== segments.length) return undefined;
    let written = "";
    for (const [index, write] of segments.entries()) {
      const text = write(texts[index] ?? "");
      if (text === undefined) return undefined;
      written += `/${text}`;
    }
    return written;
  };
}

type WriteSegment = (sent: string) => string | undefined;

function createWriteSegment(segment: TemplateSegment, matrixParameters: readonly string[]): WriteSegment {
  const toValue = (sent: string, name: string) => writeValue(sent, matrixParameters.includes(name));
  const [first] = segment;
  if (first?.kind === "parameter" && segment.length === 1) return (sent) => toValue(sent, first.name);
  if (segment.every((part) => part.kind === "text")) {
    const text = writeText(segment.map((part) => part.text).join(""));
    return () => text;
  }
  return (sent) => {
    const ranges = splitSegment(decoded(sent), segment);
    if (ranges === undefined) return undefined;
    let parameters = 0;
    const parts = segment.map((part) =>
      part.kind === "text" ? writeText(part.text) : toValue(sliceSent(sent, ranges[parameters++]), part.name),
    );
    return parts.includes(undefined) ? undefined : parts.join("");
  };
}

/** Values that every program reads as one segment: nearly all. */
const PLAIN = /^[\w~-][\w.~-]*$/;

// RFC 3986 §3.3.
const NEVER_SENT = /[^\w\-.~!$&'()*+,=:@%;]/g;

function writeValue(sent: string, isMatrix: boolean): string | undefined {
  if (PLAIN.test(sent)) return sent;
  const problem = valueProblem(decoded(sent), { isMatrix });
  if (problem !== undefined && problem !== "slash") return undefined;
  return sent.replaceAll(NEVER_SENT, (character) => encodeURIComponent(character));
}

/** A text of the contract, with what a segment may contain (RFC 3986 §3.3) as it is. */
function writeText(text: string): string {
  return encodeURIComponent(text).replaceAll(/%(?:24|26|2B|2C|3B|3D|3A|40)/g, decodeURIComponent);
}

/** Empty if the encoding is broken. */
function decoded(sent: string): string {
  try {
    return decodeURIComponent(sent);
  } catch {
    return "";
  }
}
