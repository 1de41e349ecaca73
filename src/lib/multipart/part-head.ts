/** The headers of one part of a form (RFC 7578 §4). */
export type PartHead = {
  readonly name: string;
  /** Most programs read it as a file, because it has a file name. */
  readonly isFile: boolean;
  /** Its Content-Type; undefined where it has none. */
  readonly contentType: string | undefined;
};

/** A part is refused if two programs could read its headers differently. The text says why, for the sender. */
export type PartHeadOutcome =
  | { readonly kind: "read"; readonly head: PartHead }
  | { readonly kind: "refused"; readonly why: string };

const LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*?)[ \t]*$/;

/** Several of them would be read differently: some programs take the first, others the last. */
const SINGLE: readonly string[] = ["content-disposition", "content-type", "content-transfer-encoding"];

/** Programs that know no transfer encoding read the others as they are. */
const PLAIN_ENCODINGS: readonly string[] = ["7bit", "8bit", "binary"];

/** @param text the header lines, with CRLF between them. */
export function parsePartHead(text: string): PartHeadOutcome {
  const headers = new Map<string, string>();
  for (const line of text.split("\r\n")) {
    const [, name = "", value = ""] = LINE.exec(line) ?? [];
    if (name === "") return refused("a header of a part is not valid, or is folded");
    const known = name.toLowerCase();
    if (SINGLE.includes(known) && headers.has(known)) return refused(`a part has the header ${known} twice`);
    headers.set(known, value);
  }
  const encoding = headers.get("content-transfer-encoding")?.toLowerCase() ?? "binary";
  if (!PLAIN_ENCODINGS.includes(encoding)) return refused("a part has a Content-Transfer-Encoding; send it as it is");
  const contentType = headers.get("content-type");
  if (contentType !== undefined && /^\s*multipart\//i.test(contentType))
    return refused("a part consists of parts itself; send each file under its own name");
  return parseDisposition(headers.get("content-disposition") ?? "", contentType);
}

function parseDisposition(text: string, contentType: string | undefined): PartHeadOutcome {
  const parameters = dispositionParameters(text);
  const name = parameters?.get("name");
  if (parameters === undefined || name === undefined || name === "" || parameters.has("name*"))
    return refused('a part has no valid header Content-Disposition; send form-data; name="…"');
  // Some programs take the backslash away, and others do not.
  if (name.includes("\\")) return refused("the name of a part has a backslash");
  return { kind: "read", head: { name, isFile: isFile(parameters, contentType), contentType } };
}

/** Programs such as busboy also take bytes without a file name for a file. */
function isFile(parameters: ReadonlyMap<string, string>, contentType = ""): boolean {
  return parameters.has("filename") || parameters.has("filename*") || BYTES.test(contentType);
}

const BYTES = /^\s*application\/octet-stream\s*(?:;|$)/i;

// A quoted text must not have \" in it: some programs end the text there, and read the rest as further parameters.
const PARAMETER =
  /;[ \t]*([!#$%&'+.^_`|~0-9A-Za-z-]+\*?)=(?:"((?:[^"\\]|\\(?!"))*)"|([!#$%&'*+.^_`|~0-9A-Za-z-]+))[ \t]*/y;

/** Of `form-data; name="a"; filename="b"`. Undefined for anything else. */
function dispositionParameters(text: string): ReadonlyMap<string, string> | undefined {
  const [type = ""] = /^form-data[ \t]*(?=;)/i.exec(text) ?? [];
  if (type === "") return undefined;
  const parameters = new Map<string, string>();
  for (let at = type.length; at < text.length; at = PARAMETER.lastIndex) {
    PARAMETER.lastIndex = at;
    const [whole, name = "", quoted, plain = ""] = PARAMETER.exec(text) ?? [];
    if (whole === undefined || parameters.has(name.toLowerCase())) return undefined;
    parameters.set(name.toLowerCase(), quoted ?? plain);
  }
  return parameters;
}

function refused(why: string): PartHeadOutcome {
  return { kind: "refused", why };
}
