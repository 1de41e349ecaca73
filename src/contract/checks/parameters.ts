import type { Report } from "../document/finding.ts";
import { asList, asRecord } from "../document/json.ts";
import type { OpenApiDocument } from "../document/openapi-document.ts";
import type { FoundOperation, FoundParameter, Outline } from "../model/outline.ts";
import { isIgnoredHeader } from "../model/parameters.ts";
import { namesIn } from "../model/paths/path-template.ts";
import { checkStyles } from "./styles.ts";

/** Finds parameters that no request can send, that are never checked, or that are read differently than declared. */
export function checkParameters({ document, operations }: Outline, report: Report) {
  for (const found of operations) {
    checkTwins(document, found, report);
    checkTemplate(found, report);
    for (const parameter of found.parameters) checkPlace(parameter, report);
    checkStyles(document, found, report);
  }
}

function checkTwins({ resolve }: OpenApiDocument, { item, place, operation, pointer }: FoundOperation, report: Report) {
  for (const [holder, { parameters }] of [
    [place, item],
    [pointer, operation],
  ] as const) {
    const seen = new Set<string>();
    asList(parameters).forEach((written, index) => {
      const { in: where, name } = resolve(written) ?? {};
      const key = `${name} in ${where}`;
      if (name !== undefined && seen.has(key)) {
        report([...holder, "parameters", index], `the parameter ${key} is declared twice: remove one`);
      }
      seen.add(key);
    });
  }
}

function checkTemplate({ label, path, pointer, parameters }: FoundOperation, report: Report) {
  const names = namesIn(path);
  const declared = parameters.filter(({ parameter }) => parameter["in"] === "path");
  for (const missing of names.filter((one) => !declared.some(({ parameter }) => parameter["name"] === one))) {
    report(pointer, `${label} does not declare {${missing}}, so it is never checked: add it to parameters, in: path`);
  }
  for (const { place, parameter } of declared) {
    if (names.includes(String(parameter["name"]))) continue;
    report(
      place,
      `${label} declares a path parameter ${parameter["name"]} that its path does not have: remove or rename it`,
    );
  }
}

function checkPlace({ place, parameter }: FoundParameter, report: Report) {
  const { name, in: where, required, schema, content } = parameter;
  if (isIgnoredHeader(parameter)) return;
  if (!["path", "query", "header", "cookie"].includes(String(where))) {
    report(
      place,
      `the parameter ${name} is in ${where}, which is not a place for parameters: use path, query, header or cookie`,
    );
  }
  if (where === "path" && required !== true) {
    report(place, `the path parameter ${name} is always present: add required: true`);
  }
  if (schema === undefined && Object.keys(asRecord(content)).length === 0) {
    report(place, `the parameter ${name} has no schema, so it accepts any value: add a schema`);
  }
}
