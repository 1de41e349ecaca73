import { once } from "../../lib/async/once.ts";
import { asRecord } from "../document/json.ts";
import type { OpenApiDocument } from "../document/openapi-document.ts";
import { JSON_TYPE } from "../model/bodies/media-types.ts";
import type { FoundOperation } from "../model/outline.ts";
import { compileBody } from "./bodies/compiled-body.ts";
import { findMedia } from "./bodies/content.ts";
import { compileParameters, type ParameterJudge } from "./parameters/compiled-parameters.ts";
import type { CompiledCheck, CompiledSchemas, Convert } from "./schemas/compiled-schemas.ts";
import { NotCompiled } from "./schemas/not-compiled.ts";

/** Something compiled, or why it is not. */
export type Part<T> =
  | { readonly kind: "compiled"; readonly value: T }
  | { readonly kind: "left"; readonly why: string };

/** What the compiled judge knows about one operation. Each part is compiled when it is asked for. */
export type CompiledOperation = {
  readonly parameters: () => Part<ParameterJudge>;
  /** @param name a media type, as the contract writes it. */
  readonly body: (name: string) => Part<Convert>;
  readonly reply: (status: number, essence: string) => Part<CompiledCheck>;
};

export function toCompiledOperation(
  document: OpenApiDocument,
  found: FoundOperation,
  schemas: CompiledSchemas,
): CompiledOperation {
  return {
    parameters: once(() => tryTo(() => compileParameters(document, found, schemas))),
    body: byName((name) => tryTo(() => compileBody(document, found, name, schemas))),
    reply: byStatus((status, essence) => tryTo(() => compileReply(document, found, { status, essence }, schemas))),
  };
}

/** Whatever goes wrong here, the validator can judge instead, or reports it. */
function tryTo<T>(compile: () => T): Part<T> {
  try {
    return { kind: "compiled", value: compile() };
  } catch (error) {
    return { kind: "left", why: error instanceof Error ? error.message : String(error) };
  }
}

function byName<T>(make: (name: string) => T): (name: string) => T {
  const made = new Map<string, T>();
  return (name) => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const value = make(name);
    made.set(name, value);
    return value;
  };
}

function byStatus<T>(make: (status: number, name: string) => T): (status: number, name: string) => T {
  const statuses = new Map<number, (name: string) => T>();
  return (status, name) => {
    let ofStatus = statuses.get(status);
    if (ofStatus === undefined) {
      ofStatus = byName((one) => make(status, one));
      statuses.set(status, ofStatus);
    }
    return ofStatus(name);
  };
}

type Reply = { readonly status: number; readonly essence: string };

function compileReply(
  document: OpenApiDocument,
  { operation, pointer }: FoundOperation,
  { status, essence }: Reply,
  schemas: CompiledSchemas,
): CompiledCheck {
  const responses = asRecord(operation["responses"]);
  const range = `${Math.floor(status / 100)}XX`;
  const declared = [`${status}`, range, "default"].find((one) => responses[one] !== undefined);
  if (declared === undefined) throw new NotCompiled(`the status ${status} is not declared`);
  const [place, response = {}] = document.follow([...pointer, "responses", declared], responses[declared]);
  const media = findMedia(place, response, essence);
  if (media?.media["schema"] === undefined || !JSON_TYPE.test(essence))
    throw new NotCompiled(`a response of ${essence} is not declared with a schema`);
  return schemas.ofReply(media.schemaPlace);
}
