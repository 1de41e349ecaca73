/** Warns once about each deprecation or coming expiry that a response announces. */
export function createNotices(warn: (warning: string) => void) {
  const warned = new Set<string>();
  return (operation: string, headers: Headers) => {
    for (const [subject, text] of [keyNotice(headers), deprecation(operation, headers)]) {
      if (text === undefined || warned.has(subject)) continue;
      warned.add(subject);
      warn(text);
    }
  };
}

type Notice = readonly [subject: string, text: string | undefined];

/** Every response to a rotated key has `Latchkey-Key-Ends-At`. */
function keyNotice(headers: Headers): Notice {
  const endsAt = toTimestamp(headers.get("latchkey-key-ends-at"));
  return ["", endsAt && `This API key was rotated and works until ${endsAt}; use its successor.`];
}

/** Deprecation is a Date (RFC 9745 §2.1), or `true` in earlier drafts. Sunset is an HTTP-date (RFC 8594 §3). */
function deprecation(operation: string, headers: Headers): Notice {
  const text = headers.get("deprecation");
  const since = toTimestamp(text?.startsWith("@") ? Number(text.slice(1)) * 1000 : text);
  const until = toTimestamp(headers.get("sunset"));
  if (text === null && until === undefined) return [operation, undefined];
  return [
    operation,
    `${operation} is deprecated${since ? ` since ${since}` : ""}${until ? ` and ends at ${until}` : ""}.`,
  ];
}

/** Parses an instant, so that no other content of a header gets into a warning. */
function toTimestamp(instant: string | number | null | undefined): string | undefined {
  const date = new Date(instant ?? "");
  return Number.isNaN(+date) ? undefined : date.toISOString();
}
