import { copyJson } from "../../../lib/json/copy-json.ts";
import type { Pointer } from "../../document/finding.ts";
import { isRecord } from "../../document/json.ts";
import type { OpenApiDocument } from "../../document/openapi-document.ts";
import type { FoundOperation } from "../../model/outline.ts";
import type { CompiledSchemas, Convert } from "../schemas/compiled-schemas.ts";
import { NotCompiled } from "../schemas/not-compiled.ts";
import { type DeclaredMedia, mediaAt } from "./content.ts";
import { type Discriminator, toDiscriminator } from "./discriminator.ts";

/**
 * How a body of one media type is judged: it returns the body with defaults, or undefined when it may be invalid. The body
 * that it gets stays as it is.
 * @param name the media type, as the contract writes it.
 * @throws NotCompiled, or an error of Ajv, when only the validator can judge such bodies.
 */
export function compileBody(
  document: OpenApiDocument,
  { pointer, operation }: FoundOperation,
  name: string,
  schemas: CompiledSchemas,
): Convert {
  const [place, body = {}] = document.follow([...pointer, "requestBody"], operation["requestBody"]);
  const declared = mediaAt(place, body, name);
  if (declared === undefined) throw new NotCompiled(`the media type ${name} is not declared`);
  if (declared.media["schema"] === undefined) return (value) => value;
  const convert = compileJson(document, declared, schemas);
  return schemas.hasDefaults(declared.schemaPlace) ? withDefaults(convert, declared.schemaPlace, schemas) : convert;
}

function compileJson(
  document: OpenApiDocument,
  { media, schemaPlace }: DeclaredMedia,
  schemas: CompiledSchemas,
): Convert {
  const discriminator = toDiscriminator(document, media["schema"]);
  if (discriminator !== undefined) return compileAlternatives(discriminator, schemas);
  const isValid = schemas.ofRequest(schemaPlace);
  return (value) => (isValid(value) ? value : undefined);
}

/** The discriminator selects the one alternative that has to match, as in the validator. */
function compileAlternatives({ property, places, common }: Discriminator, schemas: CompiledSchemas): Convert {
  const checks = new Map([...places].map(([option, place]) => [option, schemas.ofRequest(place, common)]));
  return (value) => {
    const option = isRecord(value) ? value[property] : undefined;
    const isValid = typeof option === "string" ? checks.get(option) : undefined;
    return isValid?.(value) ? value : undefined;
  };
}

/** Defaults must not be added to a body that another judge gets afterwards. */
function withDefaults(convert: Convert, place: Pointer, { addDefaults }: CompiledSchemas): Convert {
  return (value) => {
    const valid = convert(value);
    if (valid === undefined) return undefined;
    const copy = copyJson(valid);
    addDefaults(place, copy);
    return copy;
  };
}
