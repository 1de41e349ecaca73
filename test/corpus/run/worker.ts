// Tries the documents that the parent sends, one after the other.
import { type TryOptions, tryDocument } from "./try-document.ts";

process.on("message", (options: TryOptions) => {
  void tryDocument(options).then(
    (outcome) => process.send?.({ outcome }),
    (error: unknown) => process.send?.({ failure: String(error instanceof Error ? error.stack : error) }),
  );
});
