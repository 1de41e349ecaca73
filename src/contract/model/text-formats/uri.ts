import { isIPv6 } from "node:net";

/** Which characters may stand for themselves in a URI (RFC 3986), or in an IRI (RFC 3987 §2.2). */
type Alphabet = Readonly<Record<"user" | "host" | "path" | "query" | "fragment", RegExp>>;

function alphabetOf(others: string, inQuery: string): Alphabet {
  const part = (characters: string) =>
    new RegExp(`^(?:[A-Za-z0-9._~!$&'()*+,;=${characters}${others}-]|%[0-9A-Fa-f]{2})*$`, "u");
  return { user: part(":"), host: part(""), path: part(":@/"), query: part(`:@/?${inQuery}`), fragment: part(":@/?") };
}

const URI = alphabetOf("", "");
const IRI = alphabetOf(
  "\\u{A0}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFEF}\\u{10000}-\\u{EFFFD}",
  "\\u{E000}-\\u{F8FF}\\u{F0000}-\\u{10FFFD}",
);

export const isUri = (text: string) => matches(text, URI, true);
export const isUriReference = (text: string) => matches(text, URI, false);
export const isIri = (text: string) => matches(text, IRI, true);
export const isIriReference = (text: string) => matches(text, IRI, false);

/** RFC 3986, appendix B. */
const PARTS = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;

function matches(text: string, alphabet: Alphabet, isAbsolute: boolean): boolean {
  const [whole, scheme, authority, path = "", query = "", fragment = ""] = PARTS.exec(text) ?? [];
  if (whole === undefined || (isAbsolute && scheme === undefined)) return false;
  if (authority !== undefined && !isAuthority(authority, alphabet)) return false;
  // A colon in the first segment would end a scheme (RFC 3986 §4.2).
  const isAmbiguous = scheme === undefined && authority === undefined && /^[^/]*:/.test(path);
  return !isAmbiguous && alphabet.path.test(path) && alphabet.query.test(query) && alphabet.fragment.test(fragment);
}

const AUTHORITY = /^(?:([^@]*)@)?(?:\[([^[\]]*)\]|([^:[\]@]*))(?::\d*)?$/;

function isAuthority(authority: string, { user, host }: Alphabet): boolean {
  const [whole, name = "", literal, registered = ""] = AUTHORITY.exec(authority) ?? [];
  if (whole === undefined || !user.test(name)) return false;
  if (literal === undefined) return host.test(registered);
  return isIPv6(literal) || /^[Vv][0-9A-Fa-f]+\.[A-Za-z0-9._~!$&'()*+,;=:-]+$/.test(literal);
}
