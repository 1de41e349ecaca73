import { stringify } from "yaml";
import type { Pointer } from "../../../contract/document/finding.ts";
import { asRecord, findAt, type JsonObject } from "../../../contract/document/json.ts";
import { METHODS, type Outline } from "../../../contract/model/outline.ts";
import type { ViolationCount } from "../../../usage/violations.ts";
import { type Change, changesFor } from "./changes.ts";

export type OverlayOptions = {
  /** The contract that is served. */
  readonly outline: Outline;
  /** The contract as it is written, to which the overlay is applied. */
  readonly written: JsonObject;
  readonly lineOf: (violation: ViolationCount) => number;
};

/**
 * Writes an OpenAPI Overlay (1.0.0) that lets a contract allow what requests violate. What no change can be made for is
 * named in a comment.
 */
export function toOverlay(violations: readonly ViolationCount[], options: OverlayOptions): string {
  const actions = new Map<string, object>();
  const left: string[] = [];
  for (const violation of violations) {
    const described = describe(violation, options);
    const found = actionsFor(violation, options);
    if (found.length === 0) left.push(described);
    for (const { target, ...action } of found) {
      const name = JSON.stringify([target, action]);
      // One keyword may be violated in several operations.
      if (!actions.has(name)) actions.set(name, { target, description: described, ...action });
    }
  }
  const overlay = {
    overlay: "1.0.0",
    info: { title: "What requests violated", version: "1.0.0" },
    actions: [...actions.values()],
  };
  const comments = left.map((text) => `# To decide: ${text}\n`);
  return `${HEAD}${comments.join("")}${stringify(overlay, { lineWidth: 0 })}`;
}

const HEAD =
  "# Each action lets the contract allow requests that it does not allow now. Delete those that should stay refused,\n" +
  "# and set a wider bound where an action removes one.\n";

function describe(violation: ViolationCount, { lineOf }: OverlayOptions): string {
  const { operation, pointer, detail, count } = violation;
  const line = lineOf(violation);
  const times = count === 1 ? "once" : `${count.toLocaleString("en")} times`;
  return `${operation} ${pointer}: ${detail} (${times}${line === 0 ? "" : `, line ${line}`})`;
}

type Action = { readonly target: string; readonly remove?: true; readonly update?: unknown };

function actionsFor(violation: ViolationCount, { outline, written }: OverlayOptions): readonly Action[] {
  const operation = outline.operations.find(({ id }) => id === violation.operation);
  if (operation === undefined) return [];
  return changesFor(outline.document, operation, violation).flatMap((change): readonly Action[] => {
    const place = placeIn(written, change.place, operation.id);
    if (place === undefined) return [];
    const target = `${toJsonPath(place)}${change.item === undefined ? "" : `[?@ == ${quoted(change.item)}]`}`;
    return change.kind === "remove" ? [{ target, remove: true }] : [{ target, update: change.update }];
  });
}

/** The place in the contract as it is written, where the path of a server does not stand before paths. */
function placeIn(written: JsonObject, place: Change["place"], operationId: string): Pointer | undefined {
  if (isThere(written, place)) return place;
  const [first, , method, ...rest] = place;
  if (first !== "paths") return undefined;
  const paths = Object.entries(asRecord(written["paths"]));
  const path = paths.find(([, item]) =>
    METHODS.some((one) => one === method && asRecord(asRecord(item)[one])["operationId"] === operationId),
  )?.[0];
  const found = path === undefined || method === undefined ? undefined : ["paths", path, method, ...rest];
  return found && isThere(written, found) ? found : undefined;
}

function isThere(document: JsonObject, place: Pointer): boolean {
  return findAt(document, place.map(String)) !== undefined;
}

/** RFC 9535. */
function toJsonPath(place: Pointer): string {
  const steps = place.map((step) => {
    if (typeof step === "number") return `[${step}]`;
    return /^[A-Za-z_]\w*$/.test(step) ? `.${step}` : `[${quoted(step)}]`;
  });
  return `$${steps.join("")}`;
}

function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
