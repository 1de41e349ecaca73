// Lets jest read TypeScript the way Node does: types become blanks, so lines and columns stay where they were.
import { createHash } from "node:crypto";
import { stripTypeScriptTypes } from "node:module";

type Options = { readonly instrument: boolean };

export default {
  process: (source: string) => ({ code: stripTypeScriptTypes(source) }),
  // Without `instrument` in it, a coverage run would be served files that count nothing.
  getCacheKey: (source: string, path: string, { instrument }: Options) =>
    createHash("sha256")
      .update(JSON.stringify([source, path, instrument, process.version]))
      .digest("hex"),
};
