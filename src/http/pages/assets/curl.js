// What stands on the page instead of a key: the variable that README and docs use, too.
const VARIABLE = "$KEY";

/** What is shorter is no key, and would be found in words that are none. */
const SHORTEST_KEY = 8;

/** `text` without the keys in it. */
export function masked(text, keys) {
  return partsOf(text, keys).join(VARIABLE);
}

/**
 * The request as a call of curl that any POSIX shell runs, with the shell's variable KEY in place of each of `keys`.
 * Knows the bodies that a browser sends: text, forms, and files, which are named only.
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

/** curl asks for anything by itself, and draws the boundary of a form itself. */
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

/** One word for a shell. In single quotes everything means itself; only in double quotes a variable is one. */
function quoted(text, keys) {
  const parts = partsOf(text, keys);
  // "!" is history for a shell at a terminal; a letter would lengthen the variable's name.
  const isPlain = !/["$`\\!]/.test(parts.join("")) && !parts.slice(1).some((part) => /^\w/.test(part));
  if (parts.length > 1 && isPlain) return `"${parts.join(VARIABLE)}"`;
  return parts
    .map((part) => (part === "" && parts.length > 1 ? "" : `'${part.replaceAll("'", "'\\''")}'`))
    .join(`"${VARIABLE}"`);
}

/** What is before, between and behind keys, as they are or as a URL or JSON spells them. */
function partsOf(text, keys) {
  const spellings = keys
    .filter((key) => key.length >= SHORTEST_KEY)
    .flatMap((key) => [key, encodeURIComponent(key), JSON.stringify(key).slice(1, -1)])
    // Of two keys one may begin like the other.
    .sort((one, other) => other.length - one.length);
  return spellings.reduce((parts, spelling) => parts.flatMap((part) => part.split(spelling)), [text]);
}
