import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createRoutes } from "../../../../src/contract/model/paths/routes.ts";
import { createUpstreamPath } from "../../../../src/contract/model/paths/upstream-path.ts";
import { operationsOf } from "../../../support/model/models.ts";
import { runs } from "../../../support/runs.ts";
import { ESCAPES } from "../../../support/wire/path-spellings.ts";

const TEMPLATES = [
  ...[
    "/admin",
    "/items",
    "/items/{id}",
    "/items/mine",
    "/items/{id}:purge",
    "/items/{id}/parts/{part}",
    "/items/{id}/secret",
  ],
  ...["/files/{name}.{type}", "/files/all.zip", "/p/{id}", "/p/{id}/secret", "/p/admin"],
] as const;

const get = (path: string) => ({
  operationId: path,
  parameters: [{ name: "id", in: "path", required: true, ...(path === "/p/{id}" && PASS) }],
});
const PASS = { "x-latchkey": { encodedSlash: "pass" } };
const OPERATIONS = operationsOf({ paths: Object.fromEntries(TEMPLATES.map((path) => [path, { get: get(path) }])) });
const ROUTES = createRoutes(OPERATIONS);

/** The operation that is authorized, and the path that its upstream gets. */
function forwarded(path: string, find = ROUTES.match) {
  const found = find("GET", path);
  if (found.kind !== "matched") return undefined;
  return { authorized: found.operation.path, path: createUpstreamPath(found.operation)(path) };
}

/** How programs read a path before they look for a route. */
const READERS: Readonly<Record<string, (path: string) => string>> = {
  "as it is (Express)": (path) => path,
  "once decoded (nginx, Go)": (path) => normalized(decodeURIComponent(path)),
  "without what follows a semicolon (Tomcat)": (path) => normalized(slashed(decodeURIComponent(cut(path)))),
  "with backslashes as slashes (IIS)": (path) => normalized(slashed(decodeURIComponent(path))),
  "decoded by a proxy and by Tomcat": (path) => normalized(slashed(cut(decodeURIComponent(path)))),
  "decoded twice": (path) => normalized(cut(slashed(lenientlyDecoded(decodeURIComponent(path))))),
  "ended at a NUL or a line break": (path) => normalized(decodeURIComponent(path).replace(/[\0\r\n].*/s, "")),
};

const cut = (path: string) => path.replaceAll(/;[^/]*/g, "");
const slashed = (path: string) => path.replaceAll("\\", "/");
const lenientlyDecoded = (text: string) =>
  text.replaceAll(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** Without empty and dot segments, as nginx does it (merge_slashes). */
function normalized(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split("/")) {
    const name = segment.trim();
    if (name === "..") kept.pop();
    else if (name !== "" && name !== ".") kept.push(segment);
  }
  return `/${kept.join("/")}`;
}

/** The routes of an upstream, by their own table: the first that matches a decoded path. */
const UPSTREAM_ROUTES: readonly (readonly [string, RegExp])[] = [
  ["/admin", /^\/admin$/],
  ["/items", /^\/items$/],
  ["/items/mine", /^\/items\/mine$/],
  ["/items/{id}:purge", /^\/items\/[^/]+:purge$/],
  ["/items/{id}", /^\/items\/[^/]+$/],
  ["/items/{id}/secret", /^\/items\/[^/]+\/secret$/],
  ["/items/{id}/parts/{part}", /^\/items\/[^/]+\/parts\/[^/]+$/],
  ["/files/all.zip", /^\/files\/all\.zip$/],
  ["/files/{name}.{type}", /^\/files\/[^/]+\.[^/]+$/],
  ["/p/admin", /^\/p\/admin$/],
  ["/p/{id}", /^\/p\/[^/]+$/],
  ["/p/{id}/secret", /^\/p\/[^/]+\/secret$/],
];

const routeOf = (path: string) => UPSTREAM_ROUTES.find(([, pattern]) => pattern.test(path))?.[0];

function expectOneMeaning(sent: string) {
  const found = forwarded(sent);
  // A parameter that may have slashes is for upstreams that split a path before they decode it.
  if (found === undefined || found.authorized === "/p/{id}") return;
  expect(found.path).toBeDefined();
  for (const [name, read] of Object.entries(READERS)) {
    expect([name, sent, routeOf(read(found.path ?? ""))]).toEqual([name, sent, found.authorized]);
  }
}

const PLACES = ["/items/", "/items/x/parts/", "/files/a.", "/items/x", "/p/"];

describe("the path that an upstream gets", () => {
  it.each(PLACES)("leads every reader to the operation that was authorized, whatever follows %s", (place) => {
    for (const rest of ESCAPES) {
      for (const path of [`${place}${rest}`, `${place}${rest}:purge`, `${place}${rest}/parts/1`])
        expectOneMeaning(path);
    }
  });

  it("does so for generated paths", () => {
    const words = fc.constantFrom(
      ...[
        "/",
        "%2f",
        "%2F",
        "%252f",
        ".",
        "%2e",
        "%252e",
        "..",
        "\\",
        "%5c",
        ";",
        "%3b",
        "%253b",
        "%253a",
        "%256dine",
        "%2561dmin",
        ":",
        "%3a",
        "%20",
      ],
      ...[
        "admin",
        "items",
        "mine",
        "%6dine",
        "parts",
        "secret",
        "purge",
        "files",
        "all",
        "zip",
        "x",
        "%00",
        "%0a",
        "é",
        "%c3%a9",
      ],
    );
    fc.assert(
      fc.property(fc.constantFrom(...PLACES), fc.array(words, { maxLength: 8 }), (place, rest) =>
        expectOneMeaning(`${place}${rest.join("")}`),
      ),
      { numRuns: runs(3_000) },
    );
  });

  it("never has empty or dot segments for those who decode a slash that the contract allows", () => {
    for (const rest of ESCAPES) {
      for (const path of [`/p/${rest}`, `/p/a%2F${rest}`, `/p/${rest}%2Fb`]) {
        const found = forwarded(path);
        if (found?.authorized !== "/p/{id}") continue;
        for (const [name, read] of Object.entries(READERS)) {
          expect([name, path, read(found.path ?? "")]).toEqual([name, path, expect.stringMatching(/^\/p\/./)]);
        }
      }
    }
  });

  it.each([
    ["/p/group%2Fproject", "/p/group%2Fproject"],
    ["/p/group%2fproject", "/p/group%2fproject"],
    ["/p/%7Eme", "/p/%7Eme"],
    ["/items/a%20b+c", "/items/a%20b+c"],
    ["/items/a%3Ab:purge", "/items/a%3Ab:purge"],
    ["/items/a%3Ab%3Apurge", "/items/a%3Ab:purge"],
    ["/items/%6dine", "/items/mine"],
    ["/files/%F0%9F%94%91.%6a", "/files/%F0%9F%94%91.%6a"],
    ["/files/a%2Etar.gz", "/files/a%2Etar.gz"],
    ["/files/a%2egz", "/files/a.gz"],
    ['/items/"<a>"', "/items/%22%3Ca%3E%22"],
    ["/items/a;b", "/items/a;b"],
    ["/items/a;v=1;w=2,3", "/items/a;v=1;w=2,3"],
    ["/items/a;b%3Bc", "/items/a;b%3Bc"],
  ])("has the parameters of %s as they were sent", (sent, path) => {
    expect(forwarded(sent)?.path).toBe(path);
  });
});

describe("a path that a proxy forwards as it was sent", () => {
  it.each(["/items/%6dine", "/%61dmin", "/items/x%3Apurge", "/items/x;y", "/files/a%2egz"])(
    "means nothing as %s, which programs read in two ways",
    (path) => expect(forwarded(path, ROUTES.matchAsSent)).toBeUndefined(),
  );

  it("says which parameter is written in two ways", () => {
    expect(ROUTES.matchAsSent("GET", "/items/x;y")).toEqual({
      kind: "not-found",
      refused: { parameter: "id", problem: "spelling" },
    });
  });

  it.each([
    ["/caf%C3%A9/7", true],
    ["/caf%c3%a9/7", false],
    ["/caf%C3%a9/7", false],
    ["/%63af%C3%A9/7", false],
    ["/cafe%CC%81/7", false],
  ])("may have letters that are not in ASCII: %s, %s", (path, isThere) => {
    const operation = { method: "GET", path: "/café/{id}" };
    expect(createRoutes([operation]).matchAsSent("GET", path).kind === "matched").toBe(isThere);
  });

  it.each(["/items/%7Ex", "/items/a%20b", "/p/a%2Fb", "/items/x:purge", "/items/caf%C3%A9"])("may be %s", (path) => {
    expect(forwarded(path, ROUTES.matchAsSent)).toEqual(forwarded(path));
  });
});

describe("the texts of a path", () => {
  const written = (path: string) => {
    const [operation] = operationsOf({ paths: { [path]: { get: { operationId: "a" } } } });
    return operation && createUpstreamPath(operation)(path);
  };

  it.each([
    ["/a b/café", "/a%20b/caf%C3%A9"],
    ["/a%20b/caf%C3%A9/%7E", "/a%20b/caf%C3%A9/~"],
    ["/Users('x')/a:b@c,d;e=f&g+h$i!*", "/Users('x')/a:b@c,d;e=f&g+h$i!*"],
    ["/pets/", "/pets/"],
    ["/", "/"],
  ])("arrive in one spelling: %s", (path, expected) => expect(written(path)).toBe(expected));
});
