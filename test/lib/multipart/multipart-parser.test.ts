import { describe, expect, it } from "@jest/globals";
import busboy from "busboy";
import fc from "fast-check";
import { isBoundary, MultipartParser } from "../../../src/lib/multipart/multipart-parser.ts";
import type { PartHead } from "../../../src/lib/multipart/part-head.ts";
import { runs } from "../../support/runs.ts";

type Part = PartHead & { readonly content: string };
type Parsed = { readonly parts: readonly Part[]; readonly refusal: string | undefined };

/** Parses a form that arrives in these chunks. */
function parseChunks(chunks: readonly Buffer[], boundary = "b"): Parsed {
  const parts: Part[] = [];
  const parser = new MultipartParser(boundary, (head) => {
    const content: Buffer[] = [];
    return {
      receive: (chunk) => void content.push(Buffer.from(chunk)),
      end: () => void parts.push({ ...head, content: Buffer.concat(content).toString("latin1") }),
    };
  });
  for (const chunk of chunks) {
    const refusal = parser.push(chunk);
    if (refusal !== undefined) return { parts, refusal };
  }
  return { parts, refusal: parser.end() };
}

const parse = (text: string, boundary = "b") => parseChunks([Buffer.from(text)], boundary);

function slices(bytes: Buffer, size: number): readonly Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, at * size + size));
}

const field = (name: string, content: string, more = "") =>
  `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${content}\r\n`;

describe("a form in parts", () => {
  it("is split into its parts, however it arrives", () => {
    const form = Buffer.from(
      `${field("a", "1")}${field("f", "\r\n-\r\n--\r\n--B\r\n", '; filename="x"')}${field("e", "")}--b--\r\n`,
    );
    const whole = parseChunks([form]);
    expect(whole).toEqual({
      parts: [
        { name: "a", isFile: false, contentType: undefined, content: "1" },
        { name: "f", isFile: true, contentType: undefined, content: "\r\n-\r\n--\r\n--B\r\n" },
        { name: "e", isFile: false, contentType: undefined, content: "" },
      ],
      refusal: undefined,
    });
    for (let size = 1; size <= 70; size++) expect(parseChunks(slices(form, size))).toEqual(whole);
  });

  it("may have its boundary inside a line", () => {
    const form = Buffer.from(`${field("a", "1--b\n2 --b--\r\n- --b")}--b--`);
    for (let size = 1; size <= 40; size++)
      expect(parseChunks(slices(form, size)).parts[0]?.content).toBe("1--b\n2 --b--\r\n- --b");
  });

  it("may have no part at all, as browsers send an empty one", () => {
    expect(parse("--b--\r\n")).toEqual({ parts: [], refusal: undefined });
    expect(parse("--b--")).toEqual({ parts: [], refusal: undefined });
  });

  it("may begin with a line break", () => {
    expect(parse(`\r\n${field("a", "1")}--b--`).refusal).toBeUndefined();
  });

  it.each([
    ["nothing", ""],
    ["only its beginning", "--"],
    ["no last boundary", field("a", "1")],
    ["half of its last boundary", `${field("a", "1")}--b-`],
    ["a part without an end", "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1"],
    ["headers without an end", "--b\r\nContent-Disposition: form-data; name=a\r\n"],
    ["another boundary", field("a", "1").replaceAll("--b", "--c")],
    ["a preamble", `hello\r\n${field("a", "1")}--b--`],
    ["an epilogue", `${field("a", "1")}--b--\r\nhello`],
    ["a second form behind it", `${field("a", "1")}--b--\r\n${field("a", "2")}--b--`],
    ["spaces behind a boundary", field("a", "1").replace("--b\r\n", "--b \r\n")],
    ["a boundary right behind the headers", `${field("a", "--b")}--b--`],
    ["a boundary that begins like its own", `${field("a", "1\r\n--bc\r\n")}--b--`],
    ["a boundary behind LF alone", `${field("a", '1\n--b\r\nContent-Disposition: form-data; name="c"\r\n\r\n2')}--b--`],
    ["a boundary behind CR alone", `${field("a", '1\r--b\r\nContent-Disposition: form-data; name="c"\r\n\r\n2')}--b--`],
    ["a content of LF and a boundary", `${field("a", "\n--b\n")}--b--`],
    ["a last boundary behind LF alone, in a file", `${field("a", "1\n--b--\n", '; filename="x"')}--b--`],
    ["a boundary behind LF, after one inside a line", `${field("a", "--\n1--b--b\n--b")}--b--`],
    ["lines that end with LF alone", field("a", "1").replaceAll("\r\n", "\n")],
    ["a header with LF alone", `--b\r\nX: 1\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--`],
    ["a part without headers", "--b\r\n\r\n1\r\n--b--"],
    ["a part without a name", "--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--"],
    ["a part that is an attachment", field("a", "1").replace("form-data", "attachment")],
    ["an empty name", `${field("", "1")}--b--`],
    ["a name twice", `${field("a", "1", '; name="b"')}--b--`],
    ["a file name twice", `${field("a", "1", '; filename="b"; filename="c"')}--b--`],
    ["a name in another charset", `--b\r\nContent-Disposition: form-data; name="a"; name*=utf-8''b\r\n\r\n1\r\n--b--`],
    ["a name with an escape", `${field('a\\"b', "1")}--b--`],
    ["a file name that hides a name", `${field("a", "1", '; filename="x\\"; name="b"')}--b--`],
    ["a boundary in its headers", `${field("a", "1").replace("--b", "--b\r\n--b: 1")}--b--`],
    ["a name that is not a word and not quoted", `${field("a", "1").replace('"a"', ":")}--b--`],
    ["a quote that does not end", `--b\r\nContent-Disposition: form-data; name="a\r\n\r\n1\r\n--b--`],
    ["two dispositions", `${field("a", "1", '\r\nContent-Disposition: form-data; name="b"')}--b--`],
    ["two types", `${field("a", "1", "\r\nContent-Type: text/plain\r\ncontent-type: image/png")}--b--`],
    ["a folded header", `${field("a", "1", '\r\n ; filename="x"')}--b--`],
    ["a header without a name", `${field("a", "1", "\r\n: x")}--b--`],
    ["a space before a colon", `${field("a", "1", "\r\nContent-Type : x/y")}--b--`],
    ["an encoding that others decode", `${field("a", "1", "\r\nContent-Transfer-Encoding: base64")}--b--`],
    ["parts inside a part", `${field("a", "1", "\r\nContent-Type: multipart/mixed; boundary=c")}--b--`],
    ["a thousand parts and one", `${field("a", "1").repeat(1_001)}--b--`],
    ["headers that go on and on", `--b\r\nX: ${"x".repeat(9_000)}`],
    [
      "a name that is not UTF-8",
      Buffer.concat([
        Buffer.from('--b\r\nContent-Disposition: form-data; name="'),
        Buffer.of(0xff),
        Buffer.from('"\r\n\r\n1\r\n--b--'),
      ]),
    ],
  ])("is refused with %s, however it arrives", (_, text) => {
    const bytes = Buffer.from(text as string);
    expect(parseChunks([bytes]).refusal).toEqual(expect.any(String));
    for (const size of [1, 7, 64]) expect(parseChunks(slices(bytes, size)).refusal).toEqual(expect.any(String));
  });

  it.each([
    ["unquoted, as .NET writes them", "form-data; name=a; filename=x.png; filename*=utf-8''x.png", true],
    ["with a name in UTF-8", 'form-data; name="größe"', false],
    ["with a semicolon in quotes", 'form-data; name="a;b"', false],
    ["with a path, as Internet Explorer writes them", 'form-data; name="a"; filename="C:\\temp\\x.png"', true],
    [
      "with a file name in another charset alone, as urllib3 writes them",
      "form-data; name=\"a\"; filename*=utf-8''%C3%A4",
      true,
    ],
    ["in any case", 'Form-Data;Name="a"', false],
  ])("may have dispositions %s", (_, disposition, isFile) => {
    const { parts, refusal } = parse(`--b\r\ncontent-disposition: ${disposition}\r\n\r\n1\r\n--b--`);
    expect([refusal, parts[0]?.isFile]).toEqual([undefined, isFile]);
  });

  it("may say that its parts are not encoded", () => {
    expect(parse(`${field("a", "1", "\r\nContent-Transfer-Encoding: binary")}--b--`).refusal).toBeUndefined();
  });

  it.each(["", "a ", "a\r\n", "ä", "a".repeat(71)])("has no boundary like %p", (text) =>
    expect(isBoundary(text)).toBe(false),
  );

  it.each(["----WebKitFormBoundaryAbC", "----=_Part_0_1.2", "a b", "a".repeat(70)])(
    "may have the boundary %p",
    (text) => expect(isBoundary(text)).toBe(true),
  );
});

/** What busboy reads, which Express apps and others use. */
function readWithBusboy(form: Buffer): Promise<readonly (readonly [string, string])[] | "failed"> {
  return new Promise((resolve) => {
    const found: [string, string][] = [];
    const reader = busboy({
      headers: { "content-type": "multipart/form-data; boundary=b" },
      preservePath: true,
      defParamCharset: "utf8",
    });
    reader.on("field", (name, value) => found.push([name, Buffer.from(value, "utf8").toString("latin1")]));
    reader.on("file", (name, stream) => {
      const chunks: Buffer[] = [];
      const entry: [string, string] = [name, ""];
      found.push(entry);
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => (entry[1] = Buffer.concat(chunks).toString("latin1")));
    });
    reader.on("close", () => resolve(found));
    reader.on("error", () => resolve("failed"));
    reader.end(form);
  });
}

describe("a form that is accepted", () => {
  it("has the same parts for busboy", async () => {
    const token = fc.constantFrom(
      ...[
        "--b",
        "\r\n--b",
        "\r\n",
        "--",
        "\n",
        "Content-Disposition: form-data; name=",
        '"a"',
        '"b"',
        "; filename=",
        '"x"',
      ],
      ...[
        "Content-Type: text/plain",
        "\r\n\r\n",
        " ",
        ";",
        '"',
        "\\",
        "x",
        "é",
        'name="c"',
        "filename*=utf-8''y",
        "--b--",
        ":",
      ],
    );
    const wild = fc.array(token, { maxLength: 12 }).map((tokens) => tokens.join(""));
    const parts = fc.array(fc.tuple(fc.constantFrom("a", "b[]", "größe"), fc.oneof(fc.string(), wild)), {
      maxLength: 4,
    });
    const forms = fc.tuple(parts, wild, fc.nat(), fc.nat({ max: 4 })).map(([pairs, extra, at, count]) => {
      const text = `${pairs.map(([name, content]) => field(name, content)).join("")}--b--\r\n`;
      const cut = at % (text.length + 1);
      return Buffer.from(`${text.slice(0, cut)}${count === 0 ? extra : ""}${text.slice(cut)}`);
    });
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(forms, async (form) => {
        const { parts: read, refusal } = parseChunks([form]);
        if (refusal !== undefined) return;
        accepted++;
        expect(await readWithBusboy(form)).toEqual(read.map(({ name, content }) => [name, content]));
      }),
      { numRuns: runs(2_000) },
    );
    expect(accepted).toBeGreaterThan(runs(2_000) / 4);
  });
});
