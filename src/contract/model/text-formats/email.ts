import { isIPv4, isIPv6 } from "node:net";

const ATOM = "A-Za-z0-9!#$%&'*+/=?^_`{|}~";

function localOf(others: string): RegExp {
  return new RegExp(
    `^(?:[${ATOM}${others}-]+(?:\\.[${ATOM}${others}-]+)*|"(?:[ !#-[\\]-~${others}]|\\\\[ -~])*")$`,
    "u",
  );
}

function domainOf(others: string): RegExp {
  const label = `[A-Za-z0-9${others}](?:[A-Za-z0-9${others}-]{0,61}[A-Za-z0-9${others}])?`;
  return new RegExp(`^${label}(?:\\.${label})*$`, "u");
}

/** For domains, any character beyond ASCII that is not a control character, a space or another spelling of @ and the dot. */
const BEYOND_ASCII =
  "\\u{A1}-\\u{167F}\\u{1681}-\\u{1FFF}\\u{2010}-\\u{2027}\\u{2030}-\\u{205E}\\u{2070}-\\u{2FFF}\\u{3003}-\\u{D7FF}\\u{F900}-\\u{FEFE}\\u{FF10}-\\u{FF1F}\\u{FF21}-\\u{FFEF}\\u{10000}-\\u{EFFFD}";

const ASCII = { local: localOf(""), domain: domainOf("") };
const UNICODE = { local: localOf("\\u{80}-\\u{10FFFF}"), domain: domainOf(BEYOND_ASCII) };

/** RFC 5321 §4.1.2: a mailbox. */
export const isEmail = (text: string) => matches(text, ASCII);

/** RFC 6531 §3.3. */
export const isIdnEmail = (text: string) => matches(text, UNICODE);

const MOST_LOCAL_BYTES = 64;
const MOST_DOMAIN_BYTES = 255;

function matches(text: string, { local, domain }: typeof ASCII): boolean {
  const at = text.lastIndexOf("@");
  const [name, host] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
  if (at < 1 || Buffer.byteLength(name) > MOST_LOCAL_BYTES || Buffer.byteLength(host) > MOST_DOMAIN_BYTES) return false;
  return local.test(name) && (isAddress(host) || domain.test(host));
}

function isAddress(host: string): boolean {
  const [, literal = ""] = /^\[(.*)\]$/.exec(host) ?? [];
  return isIPv4(literal) || (/^IPv6:/i.test(literal) && isIPv6(literal.slice(5)));
}
