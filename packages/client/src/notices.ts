/** Tells what answers say about the time that is left, each once. */
export function createNotices(warn: (warning: string) => void) {
  const told = new Set<string>();
  return (operation: string, headers: Headers) => {
    for (const [subject, words] of [keyNotice(headers), deprecation(operation, headers)]) {
      if (words === undefined || told.has(subject)) continue;
      told.add(subject);
      warn(words);
    }
  };
}

type Notice = readonly [subject: string, words: string | undefined];

/** `Latchkey-Key-Ends-At` comes with every answer to a key that was rotated. */
function keyNotice(headers: Headers): Notice {
  const endsAt = toTimestamp(headers.get("latchkey-key-ends-at"));
  return ["", endsAt && `This API key was rotated and works until ${endsAt}; use the one that came in its place.`];
}

/** Deprecation is a Date (RFC 9745 §2.1), but was `true` in drafts; Sunset is an HTTP-date (RFC 8594 §3). */
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

/** Whatever a header holds, nothing but an instant gets into a warning. */
function toTimestamp(instant: string | number | null | undefined): string | undefined {
  const date = new Date(instant ?? "");
  return Number.isNaN(+date) ? undefined : date.toISOString();
}
