import { asList, asRecord, isRecord, type JsonObject } from "../../document/json.ts";
import { toOutline } from "../../model/outline.ts";

export type Renamed = {
  readonly document: JsonObject;
  /** The names of its operations before, by their operationIds now. */
  readonly names: Readonly<Record<string, string>>;
};

/** The built-in contract with another name for each component and operationId that is taken. */
export function withFreeNames(builtIn: JsonObject, components: JsonObject, takenIds: ReadonlySet<unknown>): Renamed {
  const document = withFreeComponents(builtIn, components);
  const names: Record<string, string> = {};
  for (const { id, operation } of toOutline(document).operations) {
    let free = id;
    while (takenIds.has(free)) free = `latchkey${free.charAt(0).toUpperCase()}${free.slice(1)}`;
    Object.assign(operation, { operationId: free });
    names[free] = id;
  }
  return { document, names };
}

function withFreeComponents(builtIn: JsonObject, taken: JsonObject): JsonObject {
  const names = new Map<string, string>();
  const components = Object.entries(asRecord(builtIn["components"])).map(([kind, entries]) => [
    kind,
    Object.fromEntries(
      Object.entries(asRecord(entries)).map(([name, entry]) => {
        let free = name;
        while (Object.hasOwn(asRecord(taken[kind]), free)) free = `Latchkey${free}`;
        names.set(`#/components/${kind}/${name}`, `#/components/${kind}/${free}`);
        return [free, entry];
      }),
    ),
  ]);
  const copy = asRecord(withReferences({ ...builtIn, components: Object.fromEntries(components) }, names));
  for (const { operation } of toOutline(copy).operations) {
    Object.assign(operation, { security: asList(operation["security"]).map((one) => withSchemeNames(one, names)) });
  }
  return copy;
}

function withSchemeNames(requirement: unknown, names: ReadonlyMap<string, string>): JsonObject {
  return Object.fromEntries(
    Object.entries(asRecord(requirement)).map(([name, scopes]) => [
      names.get(`#/components/securitySchemes/${name}`)?.split("/").at(-1) ?? name,
      scopes,
    ]),
  );
}

/** A copy of `value` with each `$ref` that `names` lists replaced. */
function withReferences(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => withReferences(item, names));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [
      name,
      name === "$ref" && typeof child === "string" ? (names.get(child) ?? child) : withReferences(child, names),
    ]),
  );
}
