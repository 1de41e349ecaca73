import type { Parameter } from "../parameter.ts";

/** Where a name in a query belongs: to a parameter, by its index, to a property of an object parameter, or to nothing here. */
export type QueryName =
  | { readonly kind: "credential" }
  | { readonly kind: "parameter"; readonly index: number }
  | { readonly kind: "property"; readonly index: number };

export type QueryNames = {
  readonly find: (name: string) => QueryName | undefined;
  /** The object parameter that takes names which are not declared; undefined when no parameter does. */
  readonly open: Extract<QueryName, { kind: "property" }> | undefined;
};

/**
 * The names that may occur in a query. Properties of an object with `style: form` and `explode` are names of their own; if
 * the object may have further properties, every other name is one. A parameter comes before a
 * credential, and that before a property of the same name.
 */
export function toQueryNames(parameters: readonly Parameter[], credentials: readonly string[]): QueryNames {
  const names = new Map<string, QueryName>();
  const objects = parameters.flatMap((parameter, index) => (hasOwnNames(parameter) ? [{ parameter, index }] : []));
  for (const { parameter, index } of objects) {
    for (const name of parameter.shape.properties) if (!names.has(name)) names.set(name, { kind: "property", index });
  }
  for (const name of credentials) names.set(name, { kind: "credential" });
  for (const [index, { name }] of parameters.entries()) names.set(name, { kind: "parameter", index });
  const open = objects.find(({ parameter }) => parameter.shape.isOpen);
  return { find: (name) => names.get(name), open: open && { kind: "property", index: open.index } };
}

function hasOwnNames({ form, style, explode, content }: Parameter): boolean {
  return form === "object" && style === "form" && explode && content === undefined;
}
