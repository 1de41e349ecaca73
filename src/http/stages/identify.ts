import { type KeySource, valuesOf } from "../../auth/carrier-values.ts";
import type { IdentifyDeps, Identity } from "../../auth/identify.ts";
import { identifyAtOnce } from "../../auth/identify-cached.ts";
import { containsKey, mayContainKey } from "../../auth/other-credentials.ts";
import { type ExpectedKey, mayHoldOtherCredential, type Presented, presentedKey } from "../../auth/presented-key.ts";
import type { Operation } from "../../contract/model/operations.ts";
import { type Carrier, headerCarriersOf, isIn, isPlain, type KeySchemes } from "../../contract/model/schemes.ts";
import type { OperationSecurity } from "../../contract/model/security.ts";
import { type Matched, type Received, recordOf } from "../message/exchange.ts";
import { headerLinesOf, type Message, type RemovedParts, withoutParts } from "../message/message.ts";
import { queryValues, withoutParameters } from "../message/target.ts";
import type { Stage } from "./stage.ts";

/** Where an operation, or a page, takes a key from. */
export type KeyPlaces = ExpectedCredentials & {
  readonly known: ExpectedKey["known"];
  /** The headers that hold nothing but a key. */
  readonly headers: ReadonlySet<string>;
  /** What is removed from a message, whatever it is: every carrier of the contract that the operation does not share. */
  readonly removed: {
    readonly headers: ReadonlySet<string>;
    readonly headersAndAuthorization: ReadonlySet<string>;
    readonly parameters: readonly string[];
    readonly cookies: readonly string[];
  };
};

type ExpectedCredentials = Omit<ExpectedKey, "known"> & Pick<OperationSecurity, "credentialParameters">;

/**
 * Removes the key from the message of an exchange and identifies its holder. After that nothing that looks at the
 * message can see the key: no judge, handler, upstream or log.
 */
export type IdentifyCaller = (exchange: Received, places: KeyPlaces) => Identity | Promise<Identity>;

export function createIdentifyCaller(deps: IdentifyDeps): IdentifyCaller {
  return (exchange, places) => {
    const presented = findOrdinaryKey(exchange, places) ?? findAnyKey(exchange, places);
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
  const placesOf = new Map(operations.map((one) => [one, toPlaces(one, schemes)]));
  return {
    check: "identify",
    run: (exchange) => {
      const { operation } = exchange;
      const places = placesOf.get(operation);
      if (places === undefined) throw new Error(`The operation ${operation.id} is not one of the contract.`);
      if (operation.isPassthrough) {
        passCredentials(exchange, places);
        return undefined;
      }
      const identity = identifyCaller(exchange, places);
      return identity instanceof Promise ? identity.then(() => undefined) : undefined;
    },
  };
}

/** Where a page that is not an operation takes a key from: every header. */
export function toPagePlaces(schemes: KeySchemes): KeyPlaces {
  return placesFor(Object.values(schemes), {
    accepted: headerCarriersOf(schemes),
    needsOtherCredential: false,
    sharedCarriers: [],
    credentialParameters: [],
    otherAlternatives: [],
  });
}

function toPlaces(operation: Operation, schemes: KeySchemes): KeyPlaces {
  const {
    carriers: accepted,
    needsOtherCredential,
    sharedCarriers,
    credentialParameters,
    otherAlternatives,
  } = operation;
  // A parameter of this operation may have the name of a carrier of another one.
  const known = Object.values(schemes).filter((one) => isIn(accepted, one) || !isParameter(operation, one));
  return placesFor(known, {
    accepted,
    needsOtherCredential,
    sharedCarriers,
    credentialParameters,
    otherAlternatives,
  });
}

function isParameter(operation: Operation, { in: place, name }: Carrier): boolean {
  if (place === "query") return operation.queryParameters.includes(name);
  if (place === "cookie") return operation.cookieParameters.includes(name);
  return operation.headerParameters.some((one) => one.toLowerCase() === name);
}

/** @param known the carriers of the contract, without those that are parameters of this operation. */
export function placesFor(known: readonly Carrier[], expected: ExpectedCredentials): KeyPlaces {
  const namesIn = (place: Carrier["in"]) => known.filter((one) => one.in === place).map(({ name }) => name);
  const headers = namesIn("header").filter((name) => name !== "authorization" || isWholeAuthorization(expected));
  const ordinary = expected.accepted.filter((one) => one.in === "header" && isPlain(one)).map(({ name }) => name);
  return {
    known,
    ...expected,
    headers: new Set(ordinary),
    removed: {
      headers: new Set(headers),
      headersAndAuthorization: new Set([...headers, "authorization"]),
      parameters: namesIn("query"),
      cookies: namesIn("cookie"),
    },
  };
}

/** Is the whole of Authorization a key here? Otherwise it may hold another credential. */
function isWholeAuthorization({ accepted }: ExpectedCredentials): boolean {
  return accepted.some((one) => one.name === "authorization" && isPlain(one));
}

/** The key of an ordinary head: in one header that the operation expects. @returns undefined in any doubt. */
function findOrdinaryKey(exchange: Received, places: KeyPlaces): Presented | undefined {
  const { head, message } = exchange;
  const { headers, removed, otherAlternatives } = places;
  if (head === undefined || !(head.carrier === "" || headers.has(head.carrier))) return undefined;
  const { authorization } = head;
  // It may be a login beside the key, or the key.
  if (authorization !== undefined && (head.carrier === "" || mayContainKey(authorization))) return undefined;
  if (otherAlternatives.length > 0 && head.carrier === "") return undefined;
  if (message.query !== "" && hasKeyParameter(message.query, places)) return undefined;
  const names = authorization === undefined ? removed.headersAndAuthorization : removed.headers;
  removeParts(exchange, { headers: names, cookies: NO_COOKIES }, message.target);
  return head.carrier === "" ? NO_KEY : { kind: "one", text: head.key };
}

function hasKeyParameter(query: string, { removed: { parameters }, credentialParameters }: KeyPlaces): boolean {
  return [parameters, credentialParameters].some((names) => names.some((name) => queryValues(query, name).length > 0));
}

const NO_KEY = { kind: "none" } as const;
/** A head with cookies is not ordinary where a cookie can carry a key. */
const NO_COOKIES: readonly string[] = [];

function findAnyKey(exchange: Received, places: KeyPlaces): Presented {
  const { message } = exchange;
  const source = toKeySource(message);
  const presented = presentedKey(source, places);
  const isKept = mayHoldOtherCredential(source, places) && hasOtherCredential(message);
  const { removed } = places;
  const parts = withoutShared(source, places, isKept ? removed.headers : removed.headersAndAuthorization);
  removeParts(exchange, parts, withoutParameters(message.target, parts.parameters));
  return presented;
}

/** What is removed, without the carriers that hold another credential of the operation here. */
function withoutShared(source: KeySource, places: KeyPlaces, headers: ReadonlySet<string>) {
  const { sharedCarriers, removed } = places;
  const kept = sharedCarriers.filter((carrier) => !valuesOf(source, carrier).some(mayContainKey));
  const isKept = (place: Carrier["in"], name: string) => kept.some((one) => one.in === place && one.name === name);
  return {
    headers: kept.length === 0 ? headers : new Set([...headers].filter((name) => !isKept("header", name))),
    parameters: [...removed.parameters.filter((name) => !isKept("query", name)), ...misplacedKeys(source, places)],
    cookies: removed.cookies.filter((name) => !isKept("cookie", name)),
  };
}

/** The query parameters for other credentials that contain a key here: it is not for the upstream. */
function misplacedKeys(source: KeySource, { credentialParameters }: KeyPlaces): readonly string[] {
  return credentialParameters.filter((name) => source.queryValues(name).some(mayContainKey));
}

/** The places of a message that may contain a key. */
export function toKeySource(message: Message): KeySource {
  return {
    headerLines: (name) => headerLinesOf(message, name),
    queryValues: (name) => queryValues(message.query, name),
  };
}

/** The upstream checks credentials of other kinds, so they stay; a key that was sent by mistake is removed. */
function passCredentials(exchange: Received, places: KeyPlaces) {
  const { message } = exchange;
  const { headers, headersAndAuthorization, cookies } = places.removed;
  const parameters = [...places.removed.parameters, ...misplacedKeys(toKeySource(message), places)];
  const hasKey = headerLinesOf(message, "authorization").some(containsKey);
  const parts = { headers: hasKey ? headersAndAuthorization : headers, cookies };
  removeParts(exchange, parts, withoutParameters(message.target, parameters));
  keep(exchange, NO_KEY);
}

/** Whether there is one credential of another kind, which the handler or upstream checks. */
function hasOtherCredential(message: Message): boolean {
  const lines = headerLinesOf(message, "authorization");
  return lines.length === 1 && !lines.some(mayContainKey);
}

function removeParts(exchange: Received, parts: RemovedParts, target: string) {
  recordOf(exchange).message = withoutParts(exchange.message, parts, target);
}
