import { isRecord } from "../../../contract/document/json.ts";
import { redactKeys } from "../../../keys/format.ts";
import { type Admitted, recordOf } from "../../message/exchange.ts";

/** What stands for a text of a request. */
const BLACK = "•••";

/** The longest example. */
const MOST_CHARACTERS = 300;

/** How much of a body an example shows. */
const MOST_LEVELS = 4;
const MOST_ENTRIES = 12;

/**
 * The part of a request that a violation is about, without any value: what stands in the contract, and the names that the
 * caller sent.
 * @param pointer as in problem documents.
 */
export function exampleOf(exchange: Admitted, pointer: string): string {
  const { operation, message } = exchange;
  const { body } = recordOf(exchange);
  const { method, path } = operation;
  const [, place = "", name = ""] = /^#\/(query|header|path|cookie)\/(.*)$/.exec(pointer) ?? [];
  if (place === "query") return cut(`${method} ${path}?${blackQuery(message.query)}`);
  if (place === "header") return cut(`${method} ${path} ${name}: ${BLACK}`);
  if (place !== "" || body?.kind !== "read") return cut(`${method} ${path}`);
  return cut(`${method} ${path} ${blackValue(body.value)}`);
}

function blackQuery(query: string): string {
  const names = query
    .split("&")
    .filter((pair) => pair !== "")
    .slice(0, MOST_ENTRIES);
  return names.map((pair) => `${pair.split("=", 1)[0]}=${BLACK}`).join("&");
}

/** The shape of a value as JSON: its names and types. */
function blackValue(value: unknown, levels = MOST_LEVELS): string {
  if (Array.isArray(value)) return levels === 0 ? "[…]" : `[${blackItems(value, levels)}]`;
  if (isRecord(value)) return levels === 0 ? "{…}" : `{${blackEntries(value, levels)}}`;
  if (typeof value === "string") return `"${BLACK}"`;
  if (typeof value === "number") return Number.isInteger(value) ? "0" : "0.5";
  return value === undefined ? BLACK : String(value);
}

/** One item stands for all. */
function blackItems(items: readonly unknown[], levels: number): string {
  if (items.length === 0) return "";
  return `${blackValue(items[0], levels - 1)}${items.length > 1 ? `, … ${items.length} in all` : ""}`;
}

function blackEntries(value: object, levels: number): string {
  const entries = Object.entries(value);
  const shown = entries
    .slice(0, MOST_ENTRIES)
    .map(([name, child]) => `${JSON.stringify(name)}: ${blackValue(child, levels - 1)}`);
  return `${shown.join(", ")}${entries.length > MOST_ENTRIES ? ", …" : ""}`;
}

/** Names come from the caller too, who may have sent a key as one. */
function cut(text: string): string {
  const printable = redactKeys(text).replaceAll(/[^ -~•…]/g, "?");
  return printable.length > MOST_CHARACTERS ? `${printable.slice(0, MOST_CHARACTERS)}…` : printable;
}
