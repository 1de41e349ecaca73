/** A name and a value of a form, decoded. */
export type FormPair = { readonly name: string; readonly text: string };

export type FormPairs =
  | { readonly kind: "read"; readonly pairs: readonly FormPair[] }
  /** `why` is for the sender. */
  | { readonly kind: "refused"; readonly why: string };

/** Other programs ignore the fields past a number, often a thousand: they would be checked here and missing there. */
const MAX_FIELDS = 1_000;

/**
 * Parses application/x-www-form-urlencoded as URLSearchParams does (WHATWG URL §5.1), and refuses what programs read
 * differently: broken percent-encoding, text that is not UTF-8, and U+0000.
 */
export function parseFormFields(bytes: Buffer): FormPairs {
  const pairs: FormPair[] = [];
  for (const piece of piecesOf(bytes.toString("latin1"))) {
    if (pairs.length >= MAX_FIELDS) return refused(`it has more than ${MAX_FIELDS} fields`);
    const at = piece.indexOf("=");
    const name = decode(at < 0 ? piece : piece.slice(0, at));
    const text = at < 0 ? "" : decode(piece.slice(at + 1));
    if (name === undefined || text === undefined)
      return refused("a field is not in UTF-8, or its percent-encoding is broken");
    if (name.includes("\0") || text.includes("\0")) return refused("a field contains U+0000");
    pairs.push({ name, text });
  }
  return { kind: "read", pairs };
}

function* piecesOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf("&", at);
    const end = found < 0 ? text.length : found;
    if (end > at) yield text.slice(at, end);
    at = end + 1;
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @param written each byte as one character. */
function decode(written: string): string | undefined {
  const plain = written.replaceAll("+", " ");
  if (/%(?![0-9A-Fa-f]{2})/.test(plain)) return undefined;
  try {
    // Most texts are ASCII; a byte beyond it was not percent-encoded.
    if (!/[\x80-\xff]/.test(plain)) return plain.includes("%") ? decodeURIComponent(plain) : plain;
    const bytes = plain.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
    return UTF8.decode(Buffer.from(bytes, "latin1"));
  } catch {
    return undefined;
  }
}

function refused(why: string): FormPairs {
  return { kind: "refused", why };
}
