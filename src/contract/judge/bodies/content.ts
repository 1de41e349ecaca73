import { JSON_MEDIA_TYPE } from "../../../lib/http/media-types.ts";
import type { Pointer } from "../../document/finding.ts";
import { asRecord, type JsonObject } from "../../document/json.ts";

/** One media type of a body or a response. */
export type DeclaredMedia = {
  /** In lower case and without parameters. */
  readonly essence: string;
  readonly schemaPlace: Pointer;
  readonly media: JsonObject;
};

/** What is declared for `essence`. @param place of the body or response that `holder` is. */
export function findMedia(place: Pointer, holder: JsonObject, essence: string): DeclaredMedia | undefined {
  const declared = Object.entries(asRecord(holder["content"]));
  const [type, media] = declared.find(([name]) => essenceOf(name) === essence) ?? [];
  return type === undefined
    ? undefined
    : { essence, schemaPlace: [...place, "content", type, "schema"], media: asRecord(media) };
}

/** What is declared under `name`. @param place of the body that `holder` is. */
export function mediaAt(place: Pointer, holder: JsonObject, name: string): DeclaredMedia | undefined {
  const media = asRecord(holder["content"])[name];
  if (media === undefined) return undefined;
  return { essence: essenceOf(name), schemaPlace: [...place, "content", name, "schema"], media: asRecord(media) };
}

/** `Application/JSON; charset=utf-8` → `application/json`. */
export function essenceOf(mediaType: string): string {
  if (mediaType === JSON_MEDIA_TYPE) return mediaType;
  return (mediaType.split(";", 1)[0] ?? "").trim().toLowerCase();
}
