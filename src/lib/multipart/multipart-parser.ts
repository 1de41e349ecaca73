import { type PartHead, parsePartHead } from "./part-head.ts";

/** Takes the content of one part as it arrives. */
export type PartSink = {
  /** @returns why the part is refused, for the sender. */
  readonly receive: (chunk: Buffer) => string | undefined;
  readonly end: () => string | undefined;
};

/** Called for each part. @returns what takes its content, or why it is refused. */
export type OpenPart = (head: PartHead) => PartSink | string;

const CRLF = "\r\n";
const MAX_HEAD_BYTES = 8_192;

/** PHP, and others, ignore more than a thousand fields: they would be checked here and missing there. */
export const MAX_PARTS = 1_000;

/** RFC 2046 §5.1.1. */
const BOUNDARY = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/;

export function isBoundary(text: string): boolean {
  return BOUNDARY.test(text);
}

type State = "start" | "after-delimiter" | "head" | "content-start" | "content" | "epilogue";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Splits a form (multipart/form-data, RFC 7578) into its parts while it arrives. It is strict: what lenient parsers skip or
 * repair is refused, because the program that gets the form afterwards may repair it in another way.
 */
export class MultipartParser {
  readonly #delimiter: Buffer;
  readonly #openPart: OpenPart;
  #rest: Buffer = Buffer.alloc(0);
  #state: State = "start";
  #part: PartSink | undefined;
  #parts = 0;

  constructor(boundary: string, openPart: OpenPart) {
    this.#delimiter = Buffer.from(`${CRLF}--${boundary}`, "latin1");
    this.#openPart = openPart;
  }

  /** Whether the last boundary has arrived: programs may take the form for complete from here on. */
  get isClosed(): boolean {
    return this.#state === "epilogue";
  }

  /** @returns why the form is refused, for the sender. */
  push(chunk: Buffer): string | undefined {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const before = this.#rest.length;
      const state = this.#state;
      const refusal = this.#step();
      if (refusal !== undefined) return refusal;
      if (this.#rest.length === before && this.#state === state) return undefined;
    }
  }

  /** All of the form has arrived. @returns why it is refused. */
  end(): string | undefined {
    if (this.#state !== "epilogue") return "it ends before its last boundary";
    return this.#rest.length === 0 ? undefined : "something follows its last boundary";
  }

  /** Does what can be done with the bytes that are here. */
  #step(): string | undefined {
    switch (this.#state) {
      case "start":
        return this.#start();
      case "after-delimiter":
        return this.#afterDelimiter();
      case "head":
        return this.#readHead();
      case "content-start":
        return this.#checkContent();
      case "content":
        return this.#readContent();
      case "epilogue":
        return this.#readEpilogue();
    }
  }

  /** The first delimiter may lack its line break. */
  #start(): string | undefined {
    const hasBreak = this.#rest[0] === 0x0d;
    const delimiter = hasBreak ? this.#delimiter : this.#delimiter.subarray(CRLF.length);
    if (this.#rest.length < delimiter.length) return undefined;
    if (!this.#rest.subarray(0, delimiter.length).equals(delimiter)) return "it does not begin with its boundary";
    this.#take(delimiter.length, "after-delimiter");
    return undefined;
  }

  #afterDelimiter(): string | undefined {
    if (this.#rest.length < CRLF.length) return undefined;
    const next = this.#rest.toString("latin1", 0, CRLF.length);
    if (next !== CRLF && next !== "--") return "a boundary is followed by something else than a line break";
    this.#take(CRLF.length, next === CRLF ? "head" : "epilogue");
    return undefined;
  }

  #readHead(): string | undefined {
    const end = this.#rest.indexOf(CRLF + CRLF);
    if (end < 0) return this.#rest.length > MAX_HEAD_BYTES ? HEAD_TOO_LARGE : undefined;
    if (end > MAX_HEAD_BYTES) return HEAD_TOO_LARGE;
    if (++this.#parts > MAX_PARTS) return `it has more than ${MAX_PARTS} parts`;
    const text = decode(this.#rest.subarray(0, end));
    if (text === undefined) return "the headers of a part are not in UTF-8";
    if (`${CRLF}${text}`.includes(this.#delimiter.toString("latin1"))) return "the headers of a part have a boundary";
    const outcome = parsePartHead(text);
    if (outcome.kind === "refused") return outcome.why;
    const part = this.#openPart(outcome.head);
    if (typeof part === "string") return part;
    this.#part = part;
    this.#take(end + 2 * CRLF.length, "content-start");
    return undefined;
  }

  /** Some programs take a boundary for one that comes right after the headers, whose line break they count twice. */
  #checkContent(): string | undefined {
    const boundary = this.#delimiter.subarray(CRLF.length);
    const length = Math.min(this.#rest.length, boundary.length);
    const isLike = this.#rest.subarray(0, length).equals(boundary.subarray(0, length));
    if (isLike && length === boundary.length) return "a part begins with its boundary";
    if (!isLike) this.#state = "content";
    return undefined;
  }

  #readContent(): string | undefined {
    const at = this.#rest.indexOf(this.#delimiter.subarray(CRLF.length));
    // The last bytes may be the beginning of a delimiter.
    if (at < 0) return this.#pass(this.#rest.length - this.#delimiter.length + 1);
    const before = this.#rest.toString("latin1", Math.max(0, at - CRLF.length), at);
    if (before === CRLF) {
      const refusal = this.#pass(at - CRLF.length) ?? this.#part?.end();
      this.#take(this.#delimiter.length, "after-delimiter");
      return refusal;
    }
    // Python's programs (Werkzeug, Django, cgi, email) find a boundary behind any line break.
    return /[\r\n]$/.test(before) ? "a part has its boundary behind a line break that is not CRLF" : this.#pass(at + 1);
  }

  /** Passes the next bytes to the part. */
  #pass(bytes: number): string | undefined {
    if (bytes <= 0) return undefined;
    const refusal = this.#part?.receive(this.#rest.subarray(0, bytes));
    this.#take(bytes, "content");
    return refusal;
  }

  #readEpilogue(): string | undefined {
    if (this.#rest.length > CRLF.length) return "something follows its last boundary";
    if (this.#rest.toString("latin1") === CRLF) this.#take(CRLF.length, "epilogue");
    return undefined;
  }

  #take(bytes: number, next: State) {
    this.#rest = this.#rest.subarray(bytes);
    this.#state = next;
  }
}

const HEAD_TOO_LARGE = `the headers of a part are longer than ${MAX_HEAD_BYTES} bytes`;

function decode(bytes: Buffer): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}
