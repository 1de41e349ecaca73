import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { toSettingsPage } from "../../scripts/settings-page.ts";
import { SETTINGS } from "../../src/config/config.ts";

const DOCS = new URL("../../docs/", import.meta.url);

describe("docs/settings.md", () => {
  it("is what npm run generate writes", () => {
    expect(readFileSync(new URL("settings.md", DOCS), "utf8")).toBe(toSettingsPage());
  });

  it("has every setting with its default", () => {
    const rows = toSettingsPage().split("\n");
    for (const { name, fallback } of SETTINGS) {
      const row = rows.find((line) => line.startsWith(`| \`${name}\``));
      expect(row).toContain(fallback === "" ? "| none |" : `| \`${fallback}\` |`);
    }
  });

  it("links to pages that exist", () => {
    const pages = SETTINGS.flatMap(({ guide = [] }) => guide);
    expect(pages.filter((page) => !existsSync(new URL(page.replace(/#.*/, ""), DOCS)))).toEqual([]);
  });
});
