import type { IdentifyDeps, Identity } from "../../auth/identify.ts";
import { identifyAtOnce } from "../../auth/identify-cached.ts";
import { containsKey, mayContainKey } from "../../auth/other-credentials.ts";
import { hasKeyOutsideAuthorization, type KeySource, type Presented, presentedKey } from "../../auth/presented-key.ts";
import type { Operation } from "../../contract/model/operations.ts";
import type { Carrier, KeySchemes } from "../../contract/model/schemes.ts";
import { type Matched, type Received, recordOf } from "../message/exchange.ts";
import { headerLinesOf, type Message, withoutParts } from "../message/message.ts";
import { queryValues, withoutParameters } from "../message/target.ts";
import type { Stage } from "./stage.ts";

/** Where an operation, or a page, takes a key from. */
export type KeyPlaces = {
  readonly accepted: readonly Carrier[];
  /** The names of the headers among them. */
  readonly headers: ReadonlySet<string>;
  /** Whether the operation also requires another credential, which the upstream checks. */
  readonly needsOtherCredential: boolean;
};

/**
 * Removes the key from the message of an exchange and identifies its holder. After that nothing that looks at the
 * message can see the key: no judge, handler, upstream or log.
 */
export type IdentifyCaller = (exchange: Received, places: KeyPlaces) => Identity | Promise<Identity>;

export function createIdentifyCaller(schemes: KeySchemes, deps: IdentifyDeps): IdentifyCaller {
  const known = toKnown(schemes);
  return (exchange, places) => {
    const presented = findOrdinaryKey(exchange, places, known) ?? findAnyKey(exchange, places, known);
    const identity = identifyAtOnce(presented, deps, exchange.peer.address);
    if (!(identity instanceof Promise)) return keep(exchange, identity);
    return identity.then((one) => keep(exchange, one));
  };
}

function keep(exchange: Received, identity: Identity): Identity {
  recordOf(exchange).identity = identity;
  return identity;
}

/** Identifies the key where the matched operation expects it. */
export function identify(
  schemes: KeySchemes,
  operations: readonly Operation[],
  identifyCaller: IdentifyCaller,
): Stage<Matched> {
  const known = toKnown(schemes);
  const placesOf = new Map(operations.map((one) => [one, toPlaces(one, schemes)]));
  return {
    check: "identify",
    run: (exchange) => {
      const { operation } = exchange;
      const places = placesOf.get(operation);
      if (places === undefined) throw new Error(`The operation ${operation.id} is not one of the contract.`);
      if (operation.isPassthrough) {
        passCredentials(exchange, known);
        return undefined;
      }
      const identity = identifyCaller(exchange, places);
      return identity instanceof Promise ? identity.then(() => undefined) : undefined;
    },
  };
}

/** Where a page that is not an operation takes a key from: every header. */
export function toPagePlaces(headers: readonly Carrier[]): KeyPlaces {
  return { accepted: headers, headers: new Set(headers.map(({ name }) => name)), needsOtherCredential: false };
}

function toPlaces({ schemes: names, needsOtherCredential }: Operation, schemes: KeySchemes): KeyPlaces {
  const accepted = names.flatMap((name) => schemes[name] ?? []);
  const headers = accepted.filter((carrier) => carrier.in === "header").map(({ name }) => name);
  return { accepted, headers: new Set(headers), needsOtherCredential };
}

/** Every carrier of the contract, and what is removed from a message on account of them. */
type Known = {
  readonly carriers: readonly Carrier[];
  readonly parameters: readonly string[];
  readonly headers: ReadonlySet<string>;
  readonly headersAndAuthorization: ReadonlySet<string>;
};

function toKnown(schemes: KeySchemes): Known {
  const carriers = Object.values(schemes);
  const namesIn = (place: Carrier["in"]) => carriers.filter((one) => one.in === place).map(({ name }) => name);
  const headers = namesIn("header");
  return {
    carriers,
    parameters: namesIn("query"),
    headers: new Set(headers),
    headersAndAuthorization: new Set([...headers, "authorization"]),
  };
}

/** The key of an ordinary head: in one header that the operation expects. @returns undefined in any doubt. */
function findOrdinaryKey(exchange: Received, { headers }: KeyPlaces, known: Known): Presented | undefined {
  const { head, message } = exchange;
  if (head === undefined || !(head.carrier === "" || headers.has(head.carrier))) return undefined;
  const { authorization } = head;
  // It may be a login beside the key, or the key.
  if (authorization !== undefined && (head.carrier === "" || mayContainKey(authorization))) return undefined;
  if (message.query !== "" && hasKeyParameter(message.query, known)) return undefined;
  removeParts(exchange, authorization === undefined ? known.headersAndAuthorization : known.headers, message.target);
  return head.carrier === "" ? NO_KEY : { kind: "one", text: head.key };
}

function hasKeyParameter(query: string, { parameters }: Known): boolean {
  return parameters.some((name) => queryValues(query, name).length > 0);
}

const NO_KEY = { kind: "none" } as const;

function findAnyKey(
  exchange: Received,
  { accepted, needsOtherCredential }: KeyPlaces,
  { carriers, parameters, headers, headersAndAuthorization }: Known,
): Presented {
  const { message } = exchange;
  const source = toKeySource(message);
  const presented = presentedKey(source, carriers, accepted, needsOtherCredential);
  const mayBeOther = needsOtherCredential || hasKeyOutsideAuthorization(source, carriers);
  const isKept = mayBeOther && hasOtherCredential(message);
  removeParts(exchange, isKept ? headers : headersAndAuthorization, withoutParameters(message.target, parameters));
  return presented;
}

/** The places of a message that may contain a key. */
export function toKeySource(message: Message): KeySource {
  return {
    headerLines: (name) => headerLinesOf(message, name),
    queryValues: (name) => queryValues(message.query, name),
  };
}

/** The upstream checks credentials of other kinds, so they stay; a key that was sent by mistake is removed. */
function passCredentials(exchange: Received, { parameters, headers, headersAndAuthorization }: Known) {
  const { message } = exchange;
  const hasKey = headerLinesOf(message, "authorization").some(containsKey);
  removeParts(exchange, hasKey ? headersAndAuthorization : headers, withoutParameters(message.target, parameters));
  keep(exchange, NO_KEY);
}

/** Whether there is one credential of another kind, which the handler or upstream checks. */
function hasOtherCredential(message: Message): boolean {
  const lines = headerLinesOf(message, "authorization");
  return lines.length === 1 && !lines.some(mayContainKey);
}

function removeParts(exchange: Received, headers: ReadonlySet<string>, target: string) {
  recordOf(exchange).message = withoutParts(exchange.message, headers, target);
}
