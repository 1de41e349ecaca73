import type { JsonObject } from "../document/json.ts";
import type { OpenApiDocument } from "../document/openapi-document.ts";

/** A required parameter with one possible value: it tells operations with one method and path apart. */
export type Selector = { readonly in: "query" | "header"; readonly name: string; readonly value: string };

/** The selectors among the parameters of an operation. */
export function toSelectors(document: OpenApiDocument, parameters: readonly JsonObject[]): readonly Selector[] {
  return parameters.flatMap(({ in: place, name, required, schema }) => {
    const { enum: values, const: constant } = document.resolve(schema) ?? {};
    const [value, ...others] = Array.isArray(values) ? values : [constant];
    const isOne = others.length === 0 && ["string", "number", "boolean"].includes(typeof value);
    if (required !== true || !isOne || (place !== "query" && place !== "header")) return [];
    const written = place === "header" ? String(name).toLowerCase() : String(name);
    return [{ in: place, name: written, value: String(value) }];
  });
}

/** Where a request has values: each line of a header, and each decoded value of a query parameter. */
export type SelectorSource = {
  readonly headerLines: (name: string) => readonly string[];
  readonly queryValues: (name: string) => readonly string[];
  /** Every value that some program may read under this name, in whatever spelling it was sent. */
  readonly possibleValues: (place: Selector["in"], name: string) => readonly string[];
};

/** Does the request have exactly these values? */
export function areSelected(selectors: readonly Selector[], source: SelectorSource): boolean {
  return selectors.every(({ in: place, name, value }) => {
    const sent = place === "header" ? source.headerLines(name) : source.queryValues(name);
    return sent.length === 1 && sent[0] === value;
  });
}

/** May some program read these values in the request? */
export function maySelect(selectors: readonly Selector[], source: SelectorSource): boolean {
  return selectors.every(({ in: place, name, value }) =>
    source.possibleValues(place, name).some((one) => one.toLowerCase() === value.toLowerCase()),
  );
}
