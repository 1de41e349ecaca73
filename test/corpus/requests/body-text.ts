import { isRecord, type JsonObject } from "../../../src/contract/document/json.ts";

/** A body as bytes, with its media type; undefined where OpenAPI leaves open how such a value is written. */
export type WrittenBody = { readonly type: string; readonly bytes: Buffer };

const BOUNDARY = "corpus-boundary-7f3a";

export function isJsonType(type: string): boolean {
  return /^(?:application|text)\/(?:[^;\s]+\+)?json\s*(?:;|$)/i.test(type);
}

export function isFormType(type: string): boolean {
  return /^application\/x-www-form-urlencoded/i.test(type);
}

export function isMultipartType(type: string): boolean {
  return /^multipart\/form-data/i.test(type);
}

export function isTextType(type: string): boolean {
  return /^text\/plain\b/i.test(type);
}

export function writeBody(type: string, value: unknown): WrittenBody | undefined {
  if (isJsonType(type)) return { type: type.replace("*", "vnd.corpus"), bytes: Buffer.from(JSON.stringify(value)) };
  if (isTextType(type))
    return typeof value === "string" && value !== "" ? { type, bytes: Buffer.from(value) } : undefined;
  // A form cannot say that a list is empty: it looks like one that is missing.
  if (!isRecord(value) || Object.values(value).some((one) => Array.isArray(one) && one.length === 0)) return undefined;
  if (isFormType(type)) return writeForm(type, value);
  return isMultipartType(type) ? writeMultipart(value) : undefined;
}

function writeForm(type: string, value: JsonObject): WrittenBody | undefined {
  const pairs = Object.entries(value).flatMap(([name, one]) => [one].flat().map((part) => [name, part] as const));
  // Without a pair there is nothing to send, and so no body.
  if (pairs.length === 0 || !pairs.every(([, part]) => part !== null && typeof part !== "object")) return undefined;
  const form = new URLSearchParams(pairs.map(([name, part]): [string, string] => [name, String(part)]));
  return { type, bytes: Buffer.from(form.toString()) };
}

function writeMultipart(value: JsonObject): WrittenBody {
  const parts = Object.entries(value).flatMap(([name, one]) =>
    [one].flat().map((part) => {
      const isObject = typeof part === "object";
      const type = isObject ? "Content-Type: application/json\r\n" : "";
      const text = isObject ? JSON.stringify(part) : String(part);
      const head = `Content-Disposition: form-data; name="${name.replaceAll('"', "%22")}"\r\n${type}`;
      return `--${BOUNDARY}\r\n${head}\r\n${text}\r\n`;
    }),
  );
  const text = `${parts.join("")}--${BOUNDARY}--\r\n`;
  return { type: `multipart/form-data; boundary=${BOUNDARY}`, bytes: Buffer.from(text) };
}

/** Bytes of a media type that nothing reads, such as an image; the type of a range is one that it contains. */
export function opaqueBody(type: string): WrittenBody {
  const [kind = "*", subtype = "*"] = type.split("/");
  const concrete = `${kind === "*" ? "application" : kind}/${subtype.startsWith("*") ? "octet-stream" : subtype}`;
  const bytes = /xml/i.test(type) ? Buffer.from("<a>text</a>") : Buffer.from("some text");
  return { type: concrete, bytes };
}
