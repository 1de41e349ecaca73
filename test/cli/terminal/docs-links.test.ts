import { describe, expect, it } from "@jest/globals";
import { paintWithDocs } from "../../../src/cli/terminal/docs-links.ts";
import { PLAIN_SCREEN } from "../../../src/cli/terminal/screen.ts";

const LINKS = { ...PLAIN_SCREEN, hasLinks: true };

describe("a text that names a page", () => {
  it("has a link to it where the terminal shows links", () => {
    const url = new URL("../../../docs/recovery.md", import.meta.url);
    const link = `\u001b]8;;${url}\u001b\\docs/recovery.md\u001b]8;;\u001b\\`;
    expect(paintWithDocs("see docs/recovery.md!", LINKS)).toBe(`see ${link}!`);
    expect(paintWithDocs("see docs/recovery.md!", PLAIN_SCREEN)).toBe("see docs/recovery.md!");
  });

  it("has none to a page that is not there, and is escaped", () => {
    expect(paintWithDocs("docs/no-such.md \u001b[8m", LINKS)).toBe("docs/no-such.md \\u001b[8m");
  });
});
