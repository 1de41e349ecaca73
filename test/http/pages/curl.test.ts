import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";

type Request = {
  readonly url: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};
// A script of the page, which has no types.
const CURL = new URL("../../../src/http/pages/assets/curl.js", import.meta.url);
const { curlOf, masked } = (await import(CURL.href)) as {
  curlOf: (request: Request, keys: readonly string[]) => string;
  masked: (text: string, keys: readonly string[]) => string;
};

const KEY = "lk_test_0123456789abcdefABCDEF";
const URL_OF_IT = "http://127.0.0.1:8080/data";

type Shell = readonly [program: string, ...flags: string[]];

/** The words that a shell hands to curl, which is a function here that tells them. */
function wordsOf(line: string, [shell, ...flags]: Shell = ["/bin/sh"]): readonly string[] {
  const script = `set -eu\ncurl() { printf '%s\\0' "$@"; }\n${line}\n`;
  const { stdout, stderr } = spawnSync(shell, [...flags, "-c", script], { encoding: "utf8", env: { KEY } });
  expect(stderr).toBe("");
  return stdout.split("\0").slice(0, -1);
}

const KNOWN_SHELLS: readonly Shell[] = [["/bin/sh"], ["/bin/bash", "--norc"]];
const SHELLS = KNOWN_SHELLS.filter(([program]) => existsSync(program));

const BODIES = [
  '{"name":"plain"}',
  `{"name":"it's \\"quoted\\" — and ünïcode"}`,
  '{\n  "text": "$KEY $(id) `id` \\\\ !!"\n}',
  "@/etc/passwd",
  "'''",
  "-d x",
  "",
];

describe("the line for a shell", () => {
  it("is as short as people write it", () => {
    const headers = { accept: "*/*", "x-api-key": KEY };
    expect(curlOf({ url: URL_OF_IT, method: "GET", headers }, [KEY])).toBe(
      `curl '${URL_OF_IT}' \\\n  -H "x-api-key: $KEY"`,
    );
  });

  it.each(SHELLS.map((shell) => ({ shell })))(
    "sends with $shell.0 just what was sent, whatever is in the body",
    ({ shell }) => {
      for (const body of BODIES) {
        const headers = { "x-api-key": KEY, "content-type": "application/json" };
        const line = curlOf({ url: URL_OF_IT, method: "POST", headers, body }, [KEY]);
        expect(line).not.toContain(KEY);
        const sent = body === "" ? [] : ["--data-raw", body];
        expect(wordsOf(line, shell)).toEqual([
          ...["-X", "POST", URL_OF_IT],
          ...["-H", `x-api-key: ${KEY}`, "-H", "content-type: application/json"],
          ...sent,
        ]);
      }
    },
  );

  it("holds no key, wherever it was sent", () => {
    const request = {
      url: `${URL_OF_IT}?api_key=${KEY}&text=it's&more=${KEY}x`,
      method: "POST",
      headers: { authorization: `Bearer ${KEY}` },
      body: `{"secret":"${KEY}","other":"$KEY"}`,
    };
    const line = curlOf(request, [KEY]);
    expect(line).not.toContain(KEY);
    expect(wordsOf(line)).toEqual([
      ...["-X", "POST", request.url, "-H", `authorization: Bearer ${KEY}`],
      ...["--data-raw", request.body],
    ]);
  });

  it("puts a variable into double quotes only where nothing else means something there", () => {
    const of = (url: string) => curlOf({ url, method: "GET" }, [KEY]);
    expect(of(`http://a/info?api_key=${KEY}`)).toBe('curl "http://a/info?api_key=$KEY"');
    expect(of(`http://a/info?api_key=${KEY}&b=!`)).toBe(`curl 'http://a/info?api_key='"$KEY"'&b=!'`);
    expect(of(`http://a/${KEY}s`)).toBe(`curl 'http://a/'"$KEY"'s'`);
  });

  it("knows forms, files and headers without a value", () => {
    const form = new FormData();
    form.append("name", "it's");
    form.append("photo", new File(["x"], 'a "b".png', { type: "image/png" }));
    const headers = { "content-type": "multipart/form-data", "x-empty": "" };
    expect(wordsOf(curlOf({ url: URL_OF_IT, method: "POST", headers, body: form }, []))).toEqual([
      ...["-X", "POST", URL_OF_IT, "-H", "x-empty;"],
      ...["--form-string", "name=it's", "-F", 'photo=@"a \\"b\\".png";type=image/png'],
    ]);
    const sent = (body: unknown) => wordsOf(curlOf({ url: URL_OF_IT, method: "PUT", body }, [])).slice(3);
    expect(sent(new URLSearchParams({ a: "b c" }))).toEqual(["--data-raw", "a=b+c"]);
    expect(sent(new File(["x"], "it's"))).toEqual(["--data-binary", "@it's"]);
    expect(sent(new Blob(["x"]))).toEqual(["--data-binary", "@body"]);
  });

  it("asks for heads as curl does, and expands nothing in a URL", () => {
    expect(wordsOf(curlOf({ url: `${URL_OF_IT}?a=[1-9]`, method: "HEAD" }, []))).toEqual([
      ...["--head", "--globoff", `${URL_OF_IT}?a=[1-9]`],
    ]);
  });
});

describe("what is shown of a request", () => {
  it("has the variable where a key was, in every spelling", () => {
    expect(masked(`?a=${KEY}&b=${KEY}`, [KEY])).toBe("?a=$KEY&b=$KEY");
    expect(masked("?a=a%2Fstrange%20one", ["a/strange one"])).toBe("?a=$KEY");
    expect(masked(`${KEY}-longer`, [KEY, `${KEY}-longer`])).toBe("$KEY");
  });

  it("is unchanged if the typed text is not a key", () => {
    expect(masked("http://a/data", ["data", ""])).toBe("http://a/data");
  });
});
