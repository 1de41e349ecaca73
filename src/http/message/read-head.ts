import type { IncomingMessage } from "node:http";
import {
  type Carrier,
  headerCarriersOf,
  isPlain,
  type KeySchemes,
  keyCookiesOf,
} from "../../contract/model/schemes.ts";
import { HOST } from "./framing.ts";

/** The head of an ordinary request: valid HTTP/1.1, at most one key, and each header below once at most. */
export type Head = {
  /** The header that carries the key, in lower case; empty without a key. */
  carrier: string;
  key: string;
  /** Undefined also where a contract takes its key from it: then a request that has it is not ordinary. */
  authorization: string | undefined;
  accept: string | undefined;
  contentType: string | undefined;
  /** In bytes; 0 without a body. */
  contentLength: number;
  origin: string | undefined;
};

/** @returns undefined when anything in the head is unusual: then each stage looks at all of it. */
export type ReadHead = (req: IncomingMessage) => Head | undefined;

type Kind = "ignored" | "unusual" | "host" | "key" | "authorization" | "accept" | "type" | "length" | "origin";

/** Headers that change how a request is read. */
const UNUSUAL = ["transfer-encoding", "content-encoding", "expect", "upgrade", "trailer"];

/**
 * Limits of the caches. Ordinary clients use far fewer spellings and hosts; a hostile client must not fill the
 * memory.
 */
const MAX_NAMES = 1_000;
const MAX_HOSTS = 100;
const MAX_CACHED_LENGTH = 100;

/** Reads the raw header lines in one pass. Building Node's table of headers alone would take a microsecond. */
export function createReadHead(schemes: KeySchemes): ReadHead {
  const kindOf = createKindOf(toKinds(schemes));
  const isHost = createIsHost();

  return ({ rawHeaders, httpVersionMajor, httpVersionMinor }) => {
    if (httpVersionMajor !== 1 || httpVersionMinor !== 1) return undefined;
    const head: Head = {
      carrier: "",
      key: "",
      authorization: undefined,
      accept: undefined,
      contentType: undefined,
      contentLength: 0,
      origin: undefined,
    };
    let hasHost = false;
    for (let index = 0; index < rawHeaders.length; index += 2) {
      const name = rawHeaders[index] ?? "";
      const kind = kindOf(name);
      if (kind === "ignored") continue;
      const value = rawHeaders[index + 1] ?? "";
      // A header that comes twice, or that can be read in two ways, is unusual.
      if (kind === "host" && !hasHost && isHost(value)) hasHost = true;
      else if (kind === "key" && head.carrier === "" && value !== "") {
        head.carrier = name.toLowerCase();
        head.key = value;
      } else if (kind === "authorization" && head.authorization === undefined) head.authorization = value;
      else if (kind === "accept" && head.accept === undefined) head.accept = value;
      else if (kind === "type" && head.contentType === undefined) head.contentType = value;
      else if (kind === "length" && head.contentLength === 0 && LENGTH.test(value)) head.contentLength = Number(value);
      else if (kind === "origin" && head.origin === undefined) head.origin = value;
      else return undefined;
    }
    return hasHost ? head : undefined;
  };
}

const LENGTH = /^[1-9]\d{0,15}$/;

/** By name in lower case. */
function toKinds(schemes: KeySchemes): ReadonlyMap<string, Kind> {
  const carriers = headerCarriersOf(schemes);
  return new Map<string, Kind>([
    ["host", "host"],
    ["accept", "accept"],
    ["content-type", "type"],
    ["content-length", "length"],
    ["origin", "origin"],
    ["authorization", "authorization"],
    ...carriers.filter(isPlain).flatMap(kindsOf),
    ...carriers.filter((carrier) => !isPlain(carrier)).flatMap(kindsOf),
    ...(keyCookiesOf(schemes).length > 0 ? [["cookie", "unusual"] as const] : []),
    ...UNUSUAL.map((name) => [name, "unusual"] as const),
  ]);
}

function kindsOf(carrier: Carrier): readonly (readonly [string, Kind])[] {
  const { name } = carrier;
  if (name === "authorization") return isPlain(carrier) ? [[name, "unusual"]] : [];
  return [[name, isPlain(carrier) ? "key" : "unusual"]];
}

/** Finds the kind of a header. Spellings are cached, because converting a name to lower case takes longer. */
function createKindOf(kinds: ReadonlyMap<string, Kind>) {
  const bySpelling = new Map<string, Kind>();
  return (name: string): Kind => {
    const known = bySpelling.get(name);
    if (known !== undefined) return known;
    const kind = kinds.get(name.toLowerCase()) ?? "ignored";
    if (bySpelling.size < MAX_NAMES && name.length < MAX_CACHED_LENGTH) bySpelling.set(name, kind);
    return kind;
  };
}

/** Whether a text is a valid Host header. Valid ones are cached. */
function createIsHost() {
  const hosts = new Set<string>();
  return (text: string): boolean => {
    if (hosts.has(text)) return true;
    if (!HOST.test(text)) return false;
    if (hosts.size < MAX_HOSTS && text.length < MAX_CACHED_LENGTH) hosts.add(text);
    return true;
  };
}
