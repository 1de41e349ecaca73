import type { Pointer, Report } from "../document/finding.ts";
import { asList, asRecord, type JsonObject, resolve } from "../document/json.ts";
import { type FoundOperation, operationsIn, parametersOf } from "../model/operations.ts";
import { type Carrier, toKeySchemes } from "../model/schemes.ts";
import { namesIn } from "./paths.ts";
import { checkStyle } from "./styles.ts";

/** Finds parameters that no request can fill, that nobody checks, or that are read otherwise than declared. */
export function checkParameters(document: JsonObject, report: Report) {
  const carriers = Object.values(toKeySchemes(document));
  for (const found of operationsIn(document)) {
    checkTwins(document, found, report);
    checkTemplate(document, found, report);
    for (const { place, parameter } of parametersOf(document, found)) {
      checkPlace(carriers, { place, parameter }, report);
      checkStyle(document, { place, parameter }, report);
    }
  }
}

function checkTwins(document: JsonObject, { item, place, operation, pointer }: FoundOperation, report: Report) {
  for (const [holder, { parameters }] of [
    [place, item],
    [pointer, operation],
  ] as const) {
    const seen = new Set<string>();
    asList(parameters).forEach((written, index) => {
      const { in: where, name } = resolve(document, written) ?? {};
      const label = `${name} in ${where}`;
      if (name !== undefined && seen.has(label)) {
        report([...holder, "parameters", index], `the parameter ${label} is declared twice: remove one`);
      }
      seen.add(label);
    });
  }
}

function checkTemplate(document: JsonObject, found: FoundOperation, report: Report) {
  const { method, path, pointer } = found;
  const name = `${method.toUpperCase()} ${path}`;
  const names = namesIn(path);
  const declared = parametersOf(document, found).filter(({ parameter }) => parameter["in"] === "path");
  for (const missing of names.filter((one) => !declared.some(({ parameter }) => parameter["name"] === one))) {
    report(pointer, `${name} does not declare {${missing}}, so it is never checked: add it to parameters, in: path`);
  }
  for (const { place, parameter } of declared) {
    if (names.includes(String(parameter["name"]))) continue;
    report(
      place,
      `${name} wants a path parameter ${parameter["name"]} that its path does not have: remove or rename it`,
    );
  }
}

type Placed = { readonly place: Pointer; readonly parameter: JsonObject };

function checkPlace(carriers: readonly Carrier[], { place, parameter }: Placed, report: Report) {
  const { name, in: where, required, schema, content } = parameter;
  if (where === "cookie") {
    report(place, `the parameter ${name} is in a cookie, and cookies are not read: move it to query or header`);
  } else if (!["path", "query", "header"].includes(String(where))) {
    report(place, `the parameter ${name} is in ${where}, where none can be: write path, query or header`);
  }
  if (where === "path" && required !== true) {
    report(place, `the path parameter ${name} can never be left out: write required: true`);
  }
  if (schema === undefined && Object.keys(asRecord(content)).length === 0) {
    report(place, `the parameter ${name} has no schema, so it admits anything: add one`);
  }
  if (carriers.some((carrier) => carrier.in === where && carrier.name === nameIn(String(where), String(name)))) {
    report(place, `the parameter ${name} is where keys travel, and is taken out of every request: rename or remove it`);
  }
}

function nameIn(where: string, name: string): string {
  return where === "header" ? name.toLowerCase() : name;
}
