import type { CorpusCase, CorpusRequest } from "../requests/corpus-request.ts";
import type { Received } from "./client.ts";
import type { Arrived } from "./recording-upstream.ts";

/** Why a case did not end as it has to; undefined when it did. */
export function departureOf(
  { request, refusedAt, orNotFound }: CorpusCase,
  received: Received,
  arrived: Arrived | undefined,
  key: string,
): string | undefined {
  // The response to HEAD has no body that could name a place.
  const places = request.method === "HEAD" ? undefined : refusedAt;
  if (orNotFound && received.status === 404 && arrived === undefined) return undefined;
  if (refusedAt !== undefined) return ofRefusal(places, received, arrived);
  if (arrived === undefined || !received.isFromUpstream) return `refused: ${refusalText(received)}`;
  return changeOf(request, arrived, key);
}

function refusalText({ status, problem }: Received): string {
  const [first] = problem.errors ?? [];
  return `${status} ${problem.code ?? ""} ${first ? `${first.pointer} ${first.detail}` : (problem.detail ?? "")}`;
}

function ofRefusal(
  refusedAt: readonly string[] | undefined,
  received: Received,
  arrived: Arrived | undefined,
): string | undefined {
  if (arrived !== undefined || received.isFromUpstream) return "admitted";
  if (received.status !== 400) return `not refused with 400: ${refusalText(received)}`;
  if (refusedAt === undefined) return undefined;
  const named = (received.problem.errors ?? []).map(({ pointer }) => comparable(pointer));
  const isNamed = refusedAt.some((pointer) => named.includes(comparable(pointer)));
  return isNamed ? undefined : `refused at ${named[0]}, not at ${refusedAt[0]}: ${refusalText(received)}`;
}

/** Pointers as they are compared: names of headers in any case, and each character beyond ASCII as `?`. */
function comparable(pointer: string): string {
  return pointer
    .replaceAll(/[^ -~]/g, "?")
    .toLowerCase()
    .slice(0, 200);
}

/** These belong to one connection, or carry the key, which the upstream never sees. */
const OF_THE_CONNECTION = ["host", "connection", "content-length"];

function changeOf(sent: CorpusRequest, arrived: Arrived, key: string): string | undefined {
  if (sent.method !== arrived.method) return `changed: the method is ${arrived.method}`;
  if (withoutKey(sent.target, key) !== arrived.target) return `changed: the target is ${arrived.target}`;
  const body = sent.body ?? Buffer.alloc(0);
  if (!body.equals(arrived.body)) return `changed: the body is ${arrived.body.toString("latin1").slice(0, 100)}`;
  const lines = arrived.rawHeaders;
  const arrivedValue = (name: string) => lines.find((_, at) => at % 2 === 1 && lines[at - 1]?.toLowerCase() === name);
  for (const [name, value] of sent.headers) {
    const isExempt = OF_THE_CONNECTION.includes(name.toLowerCase()) || value.includes(key) || isBasicKey(value, key);
    if (isExempt || arrivedValue(name.toLowerCase()) === value) continue;
    return `changed: the header ${name} is ${arrivedValue(name.toLowerCase())}`;
  }
  return undefined;
}

function isBasicKey(value: string, key: string): boolean {
  return value === `Basic ${Buffer.from(`${key}:`).toString("base64")}`;
}

/** The target without the query parameter that carries the key. */
function withoutKey(target: string, key: string): string {
  const [path = "", query = ""] = target.split(/\?(.*)/s);
  const pairs = query.split("&").filter((pair) => pair !== "" && !pair.endsWith(`=${key}`));
  return pairs.length === 0 ? path : `${path}?${pairs.join("&")}`;
}
