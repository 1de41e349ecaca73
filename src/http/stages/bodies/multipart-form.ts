import type { FormField } from "../../../contract/judge/bodies/form/form-field.ts";
import type { FormReader, PartContent } from "../../../contract/judge/bodies/form/form-reader.ts";
import { isLikeAscii, isUtf8, parseMediaType } from "../../../contract/model/bodies/media-types.ts";
import { MultipartParser, type PartSink } from "../../../lib/multipart/multipart-parser.ts";
import type { PartHead } from "../../../lib/multipart/part-head.ts";
import type { Reply } from "../../reply/reply.ts";
import { tooLarge } from "./read-body.ts";
import { invalidForm, unreadableForm } from "./text-body.ts";

export type FormVerdict =
  | { readonly kind: "read"; readonly value: unknown }
  | { readonly kind: "refused"; readonly reply: Reply };

/** Reads a form of multipart/form-data while it arrives. The content of files is not kept. */
export class MultipartForm {
  readonly #reader: FormReader;
  readonly #maxBytes: number;
  readonly #parser: MultipartParser;
  readonly #fields: FormField[] = [];
  readonly #texts: KeptTexts;

  /** @param maxBytes of all texts of the form together. */
  constructor(reader: FormReader, boundary: string, maxBytes: number) {
    this.#reader = reader;
    this.#maxBytes = maxBytes;
    this.#texts = { bytes: 0, maxBytes, isTooLarge: false };
    this.#parser = new MultipartParser(boundary, (head) => this.#openPart(head));
  }

  /** The bytes of the texts that are kept. */
  get keptBytes(): number {
    return this.#texts.bytes;
  }

  /** Whether its last boundary has arrived: a receiver may take the form for complete from here on. */
  get isClosed(): boolean {
    return this.#parser.isClosed;
  }

  /** @returns the refusal, if the form is invalid. */
  push(chunk: Buffer): Reply | undefined {
    return this.#toReply(this.#parser.push(chunk));
  }

  /** Checks the fields that have arrived so far, as far as that does not depend on the others. */
  async check(): Promise<Reply | undefined> {
    const outcome = await this.#reader.read(this.#fields);
    return outcome.kind === "read" ? undefined : invalidForm(outcome);
  }

  /** All of it has arrived. */
  async end(): Promise<FormVerdict> {
    const reply = this.#toReply(this.#parser.end());
    if (reply !== undefined) return { kind: "refused", reply };
    const outcome = await this.#reader.read(this.#fields);
    return outcome.kind === "read" ? outcome : { kind: "refused", reply: invalidForm(outcome) };
  }

  #openPart(head: PartHead): PartSink | string {
    const content = this.#reader.contentOf(head);
    if (content === "text" && !isLikeAscii(charsetOf(head))) return "a field is in another charset than UTF-8";
    return new Part(head, content, this.#texts, (field) => this.#fields.push(field));
  }

  #toReply(why: string | undefined): Reply | undefined {
    if (this.#texts.isTooLarge) return tooLarge(this.#maxBytes, "The text in the fields of the form");
    return why === undefined ? undefined : unreadableForm(why);
  }
}

type KeptTexts = { bytes: number; readonly maxBytes: number; isTooLarge: boolean };

/** One part while it arrives. */
class Part implements PartSink {
  readonly #head: PartHead;
  readonly #content: PartContent;
  readonly #texts: KeptTexts;
  readonly #add: (field: FormField) => void;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #isKept: boolean;

  constructor(head: PartHead, content: PartContent, texts: KeptTexts, add: (field: FormField) => void) {
    this.#head = head;
    this.#content = content;
    this.#texts = texts;
    this.#add = add;
    this.#isKept = content !== "size";
  }

  receive(chunk: Buffer): string | undefined {
    this.#bytes += chunk.length;
    if (!this.#isKept) return undefined;
    this.#texts.bytes += chunk.length;
    if (this.#texts.bytes > this.#texts.maxBytes) return this.#drop();
    // A copy, because a part of a chunk would keep all of it in memory.
    this.#chunks.push(Buffer.from(chunk));
    return undefined;
  }

  end(): string | undefined {
    const text = this.#isKept ? decode(Buffer.concat(this.#chunks), charsetOf(this.#head)) : undefined;
    const { name, contentType, isFile } = this.#head;
    if (text === undefined && this.#content === "text" && !isFile) return "a field is not in UTF-8, or contains U+0000";
    if (name === "_charset_" && !isUtf8(text ?? "")) return "it declares another charset than UTF-8";
    // A file in place of a field has an empty text, which is never valid for it.
    const unread = text === undefined && this.#content !== "text" ? { unreadBytes: this.#bytes } : {};
    this.#add({ name, contentType, isFile, text: text ?? "", ...unread });
    return undefined;
  }

  /** There is no room for this text. */
  #drop(): string | undefined {
    this.#isKept = false;
    this.#chunks.length = 0;
    this.#texts.bytes -= this.#bytes;
    this.#texts.isTooLarge ||= this.#content === "text";
    return this.#content === "text" ? "its fields are too large" : undefined;
  }
}

function charsetOf({ contentType }: PartHead): string {
  const type = contentType === undefined ? undefined : parseMediaType(contentType);
  return type?.parameters.get("charset") ?? "utf-8";
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Undefined for bytes that are not a text in UTF-8. In another charset, only ASCII is. */
function decode(bytes: Buffer, charset: string): string | undefined {
  try {
    const text = UTF8.decode(bytes);
    const isReadable = isUtf8(charset) || !/[^\0-\x7f]/.test(text);
    return isReadable && !text.includes("\0") ? text : undefined;
  } catch {
    return undefined;
  }
}
