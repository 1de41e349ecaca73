// Shown on the page instead of a key; the README and docs use the same variable.
const VARIABLE = "$KEY";

/** A shorter text is not a key, and could be a part of ordinary words. */
const SHORTEST_KEY = 8;

/** `text` with each key replaced by the variable. */
export function masked(text, keys) {
  return partsOf(text, keys).join(VARIABLE);
}

/**
 * The request as a curl command for any POSIX shell, with the shell variable KEY in place of each of `keys`. It supports
 * the bodies that a browser sends: text, forms, and files, of which it has only the name.
 */
export function curlOf({ url, method, headers = {}, body }, keys) {
  const isForm = body instanceof FormData;
  const sent = Object.entries(headers).filter(([name, value]) => isSent(name, value, isForm));
  const words = [
    ["curl", ...methodOf(method, body), ...(/[[\]{}]/.test(url) ? ["--globoff"] : []), quoted(url, keys)].join(" "),
    ...sent.map(([name, value]) => `-H ${quoted(value === "" ? `${name};` : `${name}: ${value}`, keys)}`),
    ...bodyWords(body, keys),
  ];
  return words.join(" \\\n  ");
}

/** Leaves out the headers that curl adds itself: Accept for any type, and the boundary of a form. */
function isSent(name, value, isForm) {
  if (/^accept$/i.test(name)) return value !== "*/*";
  return !(isForm && /^content-type$/i.test(name));
}

function methodOf(method, body) {
  const name = method.toUpperCase();
  if (name === "GET" && !body) return [];
  return name === "HEAD" ? ["--head"] : ["-X", name];
}

function bodyWords(body, keys) {
  if (body === undefined || body === null || body === "") return [];
  if (body instanceof FormData) return [...body].map(([name, value]) => formWord(name, value, keys));
  if (body instanceof Blob) return [`--data-binary ${quoted(`@${body.name ?? "body"}`, keys)}`];
  return [`--data-raw ${quoted(typeof body === "string" ? body : String(body), keys)}`];
}

function formWord(name, value, keys) {
  if (!(value instanceof Blob)) return `--form-string ${quoted(`${name}=${value}`, keys)}`;
  const path = value.name.replaceAll(/["\\]/g, "\\$&");
  return `-F ${quoted(`${name}=@"${path}"${value.type === "" ? "" : `;type=${value.type}`}`, keys)}`;
}

/** Quotes a word for the shell: in single quotes nothing is special, in double quotes variables are expanded. */
function quoted(text, keys) {
  const parts = partsOf(text, keys);
  // "!" means history in an interactive shell; a letter would become a part of the variable's name.
  const isPlain = !/["$`\\!]/.test(parts.join("")) && !parts.slice(1).some((part) => /^\w/.test(part));
  if (parts.length > 1 && isPlain) return `"${parts.join(VARIABLE)}"`;
  return parts
    .map((part) => (part === "" && parts.length > 1 ? "" : `'${part.replaceAll("'", "'\\''")}'`))
    .join(`"${VARIABLE}"`);
}

/** The parts of `text` around the keys, which may be encoded as in a URL or in JSON. */
function partsOf(text, keys) {
  const spellings = keys
    .filter((key) => key.length >= SHORTEST_KEY)
    .flatMap((key) => [key, encodeURIComponent(key), JSON.stringify(key).slice(1, -1)])
    // Longest first, because one key may be the start of another.
    .sort((one, other) => other.length - one.length);
  return spellings.reduce((parts, spelling) => parts.flatMap((part) => part.split(spelling)), [text]);
}
