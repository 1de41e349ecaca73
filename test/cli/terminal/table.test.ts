import { describe, expect, it } from "@jest/globals";
import { PLAIN_SCREEN } from "../../../src/cli/terminal/screen.ts";
import { type Column, paintTable } from "../../../src/cli/terminal/table.ts";

type Row = { readonly id: string; readonly name: string; readonly note: string };

const COLUMNS: readonly Column<Row>[] = [
  { title: "ID", cell: ({ id }) => id },
  { title: "NAME", cell: ({ name }) => name, cutTo: 6, dropped: 1 },
  { title: "NOTE", cell: ({ note }) => note, dropped: 2 },
];
const ROWS = [
  { id: "key_1", name: "short", note: "first" },
  { id: "key_2", name: "a very long name", note: "second" },
];
const at = (columns: number | undefined) => ({ ...PLAIN_SCREEN, columns });
const linesAt = (columns: number | undefined, wide?: true) =>
  paintTable(COLUMNS, ROWS, at(columns), { wide }).text.trimEnd().split("\n");

const WHOLE = ["ID     NAME              NOTE", "key_1  short             first", "key_2  a very long name  second"];

describe("a table", () => {
  it("lines up its columns, without spaces at the end of a line", () => {
    expect(linesAt(31)).toEqual(WHOLE);
  });

  it("cuts long texts where the terminal is too narrow", () => {
    expect(linesAt(30)).toEqual([
      "ID     NAME             NOTE",
      "key_1  short            first",
      "key_2  a very long na…  second",
    ]);
    expect(linesAt(21)[2]).toBe("key_2  a ver…  second");
  });

  it("then leaves out columns, the least important first, and says so", () => {
    const note = "Not shown: NOTE. Add --wide for everything.";
    expect(linesAt(20)).toEqual(["ID     NAME", "key_1  short", "key_2  a very long…", "", note]);
    expect(linesAt(8).slice(0, 3)).toEqual(["ID", "key_1", "key_2"]);
  });

  it("leaves out nothing in a pipe, or with --wide", () => {
    expect(linesAt(undefined)).toEqual(WHOLE);
    expect(linesAt(10, true)).toEqual(WHOLE);
  });

  it("shows extra columns only where nothing is left out", () => {
    const columns: Column<string>[] = [
      { title: "A", cell: (text) => text },
      { title: "B", cell: () => "extra", isExtra: true },
    ];
    expect(paintTable(columns, ["a"], at(80)).text).toBe("A\na\n");
    expect(paintTable(columns, ["a"], PLAIN_SCREEN).text).toBe("A  B\na  extra\n");
  });

  it("counts the columns that a character takes, and cuts between characters", () => {
    const columns: Column<string>[] = [
      { title: "NAME", cell: (text) => text, cutTo: 4 },
      { title: "X", cell: () => "x" },
    ];
    expect(paintTable(columns, ["東京", "🗝️ ok", "e\u0301te\u0301"], PLAIN_SCREEN).text).toBe(
      "NAME   X\n東京   x\n🗝️ ok  x\ne\u0301te\u0301    x\n",
    );
    expect(paintTable(columns, ["東京都"], at(8)).text.split("\n")[1]).toBe("東京…  x");
  });

  it("escapes what could control a terminal, and paints outside the text", () => {
    const columns: Column<string>[] = [{ title: "NAME", cell: (text) => ({ text, style: "red" }) }];
    const screen = { ...PLAIN_SCREEN, hasColors: true };
    expect(paintTable(columns, ["a\u001b[8mb\nc"], screen).text).toBe(
      "\u001b[1mNAME\u001b[22m\n\u001b[31ma\\u001b[8mb\\nc\u001b[39m\n",
    );
  });

  it("without rows is its head", () => {
    expect(paintTable(COLUMNS, [], PLAIN_SCREEN).text).toBe("ID  NAME  NOTE\n");
  });

  it("may have 200,000 rows", () => {
    const rows = Array.from({ length: 200_000 }, (_, row) => ({ id: `key_${row}`, name: "acme", note: "" }));
    expect(paintTable(COLUMNS, rows, at(80)).text.split("\n")).toHaveLength(rows.length + 2);
  });
});
