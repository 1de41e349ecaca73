import type { Pointer, Report } from "../document/finding.ts";
import { asList, asRecord, isRecord, type JsonObject } from "../document/json.ts";
import { toOpenApiDocument } from "../document/openapi-document.ts";
import { METHODS } from "../model/outline.ts";
import { hasQuery, withoutQuery } from "./query-in-path.ts";
import { type ServerPaths, serverPathsOf } from "./server-path.ts";

/** A contract whose paths are those that clients call, and where its parts were before. */
export type Placed = {
  readonly document: JsonObject;
  /** The pointer into the document as it was written. */
  readonly toWritten: (pointer: Pointer) => Pointer;
};

/**
 * Puts the path of the server before every path, because routes know nothing of servers. The servers of an operation go
 * before those of its path, and these before those of the document.
 */
export function placePaths(raw: JsonObject, report: Report): Placed {
  const common = serverPathsOf(raw["servers"]);
  checkPaths(common, ["servers"], report);
  const placed = createPlaced(report);
  const document = toOpenApiDocument(raw);
  for (const [path, written] of Object.entries(asRecord(raw["paths"]))) {
    if (path.startsWith("x-")) {
      placed.add(path, path, asRecord(written));
      continue;
    }
    const [place, item = {}] = document.follow(["paths", path], written);
    if (hasQuery(path))
      report(["paths", path], `the query of ${path} is read as parameters: declare them in: query`, "path-query");
    const ofItem = overriding(common, item, { place, report });
    // A path item that is only a reference may be shared, so its operations stay together.
    if (place[0] !== "paths" || !hasOwnServers(item)) {
      const { servers: _, ...rest } = hasQuery(path) ? item : asRecord(written);
      const [requested, kept] = withoutQuery(document, path, rest);
      placed.add(`${ofItem.first}${requested}`, path, kept);
      continue;
    }
    for (const [prefix, part] of splitItem(item, { ofItem, place, report })) {
      const [requested, kept] = withoutQuery(document, path, part);
      placed.add(`${prefix}${requested}`, path, kept);
    }
  }
  const moved = withoutSharedServers({ ...raw, servers: [{ url: "/" }], paths: placed.paths() });
  return { document: moved, toWritten: placed.toWritten };
}

/** Without the servers of shared path items, whose paths are before those that refer to them. */
function withoutSharedServers(document: JsonObject): JsonObject {
  const components = asRecord(document["components"]);
  if (components["pathItems"] === undefined) return document;
  const items = Object.entries(asRecord(components["pathItems"])).map(([name, item]) => {
    const { servers: _, ...rest } = asRecord(item);
    return [name, rest] as const;
  });
  return { ...document, components: { ...components, pathItems: Object.fromEntries(items) } };
}

type Context = { readonly place: Pointer; readonly report: Report };

/** The servers of `holder`, or else those around it. */
function overriding(around: ServerPaths, holder: JsonObject, { place, report }: Context): ServerPaths {
  if (asList(holder["servers"]).length === 0) return around;
  const own = serverPathsOf(holder["servers"]);
  const pointer = [...place, "servers"];
  checkPaths(own, pointer, report);
  const [host] = own.hosts;
  if (host !== undefined && !around.hosts.includes(host) && !hasUpstream(holder)) {
    report(
      pointer,
      `the server ${host} is not one of the contract's: requests go to the common upstream, unless the operation names its own, x-latchkey: { upstream: … }`,
      "other-server",
    );
  }
  return own;
}

function hasUpstream(holder: JsonObject): boolean {
  const operations = METHODS.flatMap((method) => (isRecord(holder[method]) ? [holder[method]] : []));
  const all = operations.length === 0 ? [holder] : operations;
  return all.every((operation) => asRecord(operation["x-latchkey"])["upstream"] !== undefined);
}

function checkPaths({ first, all }: ServerPaths, pointer: Pointer, report: Report) {
  if (all.length > 1) {
    const others = all.slice(1).map((path) => path || "no path");
    const message = `the servers have different paths: ${first || "no path"}, that of the first one, is used, not ${others.join(", ")}`;
    report(pointer, `${message}; put the server that clients use first`, "servers-differ");
  }
  if (first.includes("{")) report(pointer, `the path ${first} has a variable without a default: add one`, "server");
}

function hasOwnServers(item: JsonObject): boolean {
  return METHODS.some((method) => asRecord(item[method])["servers"] !== undefined);
}

type ItemContext = Context & { readonly ofItem: ServerPaths };

/** The parts of a path item by the path of their servers. */
function splitItem(item: JsonObject, { ofItem, place, report }: ItemContext): ReadonlyMap<string, JsonObject> {
  const { servers: _, ...rest } = item;
  const shared = Object.entries(rest).filter(([name]) => !isMethod(name));
  const parts = new Map<string, JsonObject>();
  for (const [method, written] of Object.entries(rest).filter(([name]) => isMethod(name))) {
    const operation = asRecord(written);
    const { first } = overriding(ofItem, operation, { place: [...place, method], report });
    const { servers: __, ...kept } = operation;
    parts.set(first, {
      ...(parts.get(first) ?? Object.fromEntries(shared)),
      [method]: isRecord(written) ? kept : written,
    });
  }
  return parts;
}

function isMethod(name: string): boolean {
  return METHODS.some((method) => method === name);
}

/** Collects path items under their new paths. */
function createPlaced(report: Report) {
  const items = new Map<string, JsonObject>();
  /** The written paths, by the new path alone and with each method. */
  const written = new Map<string, string>();
  return {
    add: (path: string, from: string, item: JsonObject) => {
      const known = items.get(path);
      const twice = Object.keys(item).filter((name) => isMethod(name) && known?.[name] !== undefined);
      const hasShared = [item, known].some((one) => one?.["parameters"] !== undefined || one?.["$ref"] !== undefined);
      if (known !== undefined && (twice.length > 0 || hasShared)) {
        report(
          ["paths", from],
          `${path} is in paths twice, with the paths of its servers: put its operations together`,
          "path",
        );
      }
      for (const method of Object.keys(item).filter(isMethod)) written.set(`${method} ${path}`, from);
      if (!written.has(path)) written.set(path, from);
      items.set(path, known === undefined ? item : { ...item, ...known });
    },
    paths: (): JsonObject => Object.fromEntries(items),
    toWritten: ([first, path, ...rest]: Pointer): Pointer => {
      if (first !== "paths" || path === undefined) return [first, path, ...rest].filter((step) => step !== undefined);
      const from = written.get(`${rest[0]} ${path}`) ?? written.get(String(path)) ?? path;
      return [first, from, ...rest];
    },
  };
}
