import type { FoundOperation, Outline } from "../../../model/outline.ts";
import { mediaAt } from "../content.ts";
import { createFormReader, type FormReader } from "./form-reader.ts";

/** The reader of the forms of an operation. @param name the media type, as the contract writes it. */
export type FormReaders = (operationId: string, name: string) => FormReader;

/** Each reader is made when its first form comes. */
export function createFormReaders({ document, operations }: Outline): FormReaders {
  const found = new Map(operations.map((one) => [one.id, one]));
  const readers = new Map<string, FormReader>();
  const mediaOf = ({ pointer, operation }: FoundOperation, name: string) => {
    const [place, body = {}] = document.follow([...pointer, "requestBody"], operation["requestBody"]);
    return mediaAt(place, body, name)?.media ?? {};
  };
  return (operationId, name) => {
    const key = `${operationId} ${name}`;
    const known = readers.get(key);
    if (known !== undefined) return known;
    const one = found.get(operationId);
    const reader = createFormReader(document, one === undefined ? {} : mediaOf(one, name));
    readers.set(key, reader);
    return reader;
  };
}
