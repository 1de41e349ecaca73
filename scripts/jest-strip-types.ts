// Lets jest read TypeScript the way Node does: types become spaces, so lines and columns stay the same.
import { createHash } from "node:crypto";
import { stripTypeScriptTypes } from "node:module";

type Options = { readonly instrument: boolean };

export default {
  process: (source: string) => ({ code: stripTypeScriptTypes(source) }),
  // Without `instrument`, a coverage run would get cached files that are not instrumented.
  getCacheKey: (source: string, path: string, { instrument }: Options) =>
    createHash("sha256")
      .update(JSON.stringify([source, path, instrument, process.version]))
      .digest("hex"),
};
