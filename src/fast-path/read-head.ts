import type { IncomingMessage } from "node:http";
import type { KeySchemes } from "../contract/model/schemes.ts";
import { HOST } from "../http/message/framing.ts";

/** What the lane needs to know of a head. */
export type Head = {
  /** The header that carries the key, in lower case; empty: none does. */
  carrier: string;
  key: string;
  accept: string | undefined;
  contentType: string | undefined;
  /** In bytes; 0: there is no body. */
  contentLength: number;
};

/** @returns undefined where there is anything unusual about the head. */
export type ReadHead = (req: IncomingMessage) => Head | undefined;

export type HeadNames = {
  readonly schemes: KeySchemes;
  /** Headers that mean something to some step: the parameters of the contract, and what trusted proxies add. */
  readonly others: readonly string[];
};

type Kind = "ignored" | "unusual" | "host" | "key" | "accept" | "type" | "length";

/** What `edge` and the steps behind it look at. Each of these may make a request another one than it seems. */
const UNUSUAL = ["authorization", "transfer-encoding", "content-encoding", "expect", "upgrade", "origin", "trailer"];

/** So many spellings of names are remembered; nobody has more in use. */
const MOST_NAMES = 1_000;
const MOST_HOSTS = 100;
const LONGEST_REMEMBERED = 100;

/** Reads the lines of a head as they came, in one go and without a table of them: that alone would take a microsecond. */
export function createReadHead({ schemes, others }: HeadNames): ReadHead {
  const kinds = new Map<string, Kind>([
    ...[...UNUSUAL, ...others].map((name) => [name, "unusual"] as const),
    ["host", "host"],
    ["accept", "accept"],
    ["content-type", "type"],
    ["content-length", "length"],
    ...Object.values(schemes).flatMap(({ in: place, name }) => (place === "header" ? [[name, "key"] as const] : [])),
  ]);
  for (const name of UNUSUAL) kinds.set(name, "unusual");
  /** By the spelling of the client. */
  const spelt = new Map<string, Kind>();
  const hosts = new Set<string>();

  const kindOf = (name: string): Kind => {
    const known = spelt.get(name);
    if (known !== undefined) return known;
    const kind = kinds.get(name.toLowerCase()) ?? "ignored";
    if (spelt.size < MOST_NAMES && name.length < LONGEST_REMEMBERED) spelt.set(name, kind);
    return kind;
  };

  const isHost = (text: string): boolean => {
    if (hosts.has(text)) return true;
    if (!HOST.test(text)) return false;
    if (hosts.size < MOST_HOSTS && text.length < LONGEST_REMEMBERED) hosts.add(text);
    return true;
  };

  return ({ rawHeaders, httpVersionMajor, httpVersionMinor }) => {
    if (httpVersionMajor !== 1 || httpVersionMinor !== 1) return undefined;
    const head: Head = { carrier: "", key: "", accept: undefined, contentType: undefined, contentLength: 0 };
    let hasHost = false;
    for (let index = 0; index < rawHeaders.length; index += 2) {
      const name = rawHeaders[index] ?? "";
      const kind = kindOf(name);
      if (kind === "ignored") continue;
      const value = rawHeaders[index + 1] ?? "";
      // Whatever comes twice, or may mean two things, is for others to look at.
      if (kind === "host" && !hasHost && isHost(value)) hasHost = true;
      else if (kind === "key" && head.carrier === "" && value !== "") {
        head.carrier = name.toLowerCase();
        head.key = value;
      } else if (kind === "accept" && head.accept === undefined) head.accept = value;
      else if (kind === "type" && head.contentType === undefined) head.contentType = value;
      else if (kind === "length" && head.contentLength === 0 && LENGTH.test(value)) head.contentLength = Number(value);
      else return undefined;
    }
    return hasHost ? head : undefined;
  };
}

const LENGTH = /^[1-9]\d{0,6}$/;
