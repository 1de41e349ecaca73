import { describe, expect, it } from "@jest/globals";
import { toJson, toSheet, toTable } from "../../src/cli/output.ts";

describe("a table", () => {
  it("lines up its columns, without spaces at the end of a line", () => {
    const rows = [
      ["key_1", "x", "active"],
      ["key_22", "longer", ""],
    ];
    expect(toTable(["ID", "NAME", "STATE"], rows)).toBe(
      "ID      NAME    STATE\n" + "key_1   x       active\n" + "key_22  longer\n",
    );
  });

  it("without rows is its head", () => {
    expect(toTable(["ID", "NAME"], [])).toBe("ID  NAME\n");
  });

  it("may have 200,000 rows", () => {
    const rows = Array.from({ length: 200_000 }, (_, row) => [`key_${row}`, "acme"]);
    expect(toTable(["ID", "NAME"], rows).split("\n")).toHaveLength(rows.length + 2);
  });
});

describe("a sheet", () => {
  it("lines up the values behind the names", () => {
    expect(toSheet({ id: "key_1", "ends in": "abcd" })).toBe("id       key_1\nends in  abcd\n");
  });
});

describe("JSON for programs", () => {
  it("is one line", () => {
    expect(toJson({ name: "two\nlines" })).toBe('{"name":"two\\nlines"}\n');
  });
});
