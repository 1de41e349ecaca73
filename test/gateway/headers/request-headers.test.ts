import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createHeaderRules, toUpstreamHeaders } from "../../../src/gateway/headers/request-headers.ts";
import type { Caller, CheckedHeader } from "../../../src/gateway/upstream-port.ts";
import { IDENTITY_HEADERS } from "../../../src/keys/identity-headers.ts";

const CALLER: Caller = { key: undefined, requestId: "req_1", address: "::1", isTls: true };
const RULES = { removed: ["x-api-key", "authorization"], checked: [["X-Tenant", "checked"]] } as const;

const SET = [
  ...IDENTITY_HEADERS,
  "X-Latchkey-Signature",
  "X-Forwarded-For",
  "X-Forwarded-Proto",
  "Via",
  "X-Request-Id",
];
const CARRIERS = ["X-Api-Key", "Authorization"];
const OBEYED = [
  ...["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-Method"],
  ...["X-Original-URL", "X-Original-URI", "X-Rewrite-URL", "Script-Name", "Proxy", "Forwarded", "X-Real-IP"],
  ...["X-Envoy-Original-Path", "X-Method", "X-Remote-User"],
  ...["CF-Connecting-IP", "Fastly-Client-IP", "X-Azure-ClientIP"],
  ...["X-Accel-Redirect", "X-Accel-Mapping", "X-Sendfile", "X-Sendfile-Type", "X-Middleware-Subrequest"],
];
const HOPS = ["Transfer-Encoding", "Content-Length", "Proxy-Authorization", "Keep-Alive", "TE"];

/**
 * How CGI and WSGI name the variable of a header (RFC 3875 §4.1.18), and how a server that drops special characters
 * would.
 */
const READERS: readonly ((name: string) => string)[] = [
  (name) => name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_"),
  (name) => name.toUpperCase().replaceAll(/[^A-Z0-9]/g, ""),
];

/**
 * A name as a client may spell it: any case, and any other character of a token in place of a hyphen (RFC 9110 §5.6.2).
 */
const spelling = (name: string) =>
  fc
    .array(fc.tuple(fc.boolean(), fc.constantFrom(..."-_.~!#$%&'*+^`|")), {
      minLength: name.length,
      maxLength: name.length,
    })
    .map((choices) =>
      [...name]
        .map((letter, at) => {
          const [isUpper, mark = "-"] = choices[at] ?? [];
          if (letter === "-") return mark;
          return isUpper ? letter.toUpperCase() : letter.toLowerCase();
        })
        .join(""),
    );

type Rules = { readonly removed: readonly string[]; readonly checked: readonly CheckedHeader[] };

/** The lines that an upstream receives. */
function linesFor(rawHeaders: readonly string[], { removed, checked }: Rules): [name: string, value: string][] {
  const rules = createHeaderRules({ removed, checked: checked.map(([name]) => name), credentials: [] });
  const client = { rawHeaders, removedHeaders: new Set<string>(), checkedHeaders: checked, body: "read" } as const;
  const flat = toUpstreamHeaders(client, rules, CALLER);
  return flat.flatMap((name, index): [string, string][] => (index % 2 === 0 ? [[name, flat[index + 1] ?? ""]] : []));
}

const passed = (name: string, value = "claimed") => linesFor([name, value], RULES);

describe("a header that the gateway sets, drops or has checked", () => {
  it.each([...SET, ...CARRIERS, ...OBEYED, ...HOPS, "X-Tenant"])("does not come from the client as %s", (name) => {
    fc.assert(
      fc.property(spelling(name), (spelt) => {
        const values = passed(spelt).map(([, value]) => value);
        expect(values).not.toContain("claimed");
      }),
    );
  });

  it("is the only one that a server can read under its name", () => {
    const names = [...SET, "X-Tenant"];
    fc.assert(
      fc.property(fc.constantFrom(...names).chain(spelling), (spelt) => {
        for (const read of READERS) {
          const seen = passed(spelt).filter(([name]) => read(name) === read(spelt));
          expect(seen.length).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

it("passes on every other header unchanged", () => {
  for (const name of [
    "Accept",
    "Cookie",
    "User-Agent",
    "X_Own",
    "X-Proxy-Of",
    "Traceparent",
    "If-None-Match",
    "Host-Of",
  ])
    expect(passed(name)).toContainEqual([name, "claimed"]);
});

it("sends a header parameter only where the client sent it", () => {
  const rules = { removed: [], checked: [["X-Tenant", undefined]] } as const;
  expect(linesFor(["X_Tenant", "claimed"], rules).map(([name]) => name)).not.toContain("X-Tenant");
});

it("keeps its own headers when a parameter of the contract has the same name", () => {
  const rules = {
    removed: ["x-api-key"],
    checked: [
      ["X-Latchkey-Client", "a"],
      ["X-Api-Key", "b"],
      ["Host", "c"],
    ],
  } as const;
  const names = linesFor(["X-Latchkey-Client", "a"], rules).map(([name]) => name);
  expect(names).toEqual(["X-Request-Id", "X-Forwarded-For", "X-Forwarded-Proto", "Via"]);
});

it("passes on no header that an earlier stage has removed, and tells the host that the client asked for", () => {
  const rawHeaders = ["host", "api.example", "X-Own-Key", "a", "Authorization", "Bearer b", "Accept", "c"];
  const removedHeaders = new Set(["x-own-key", "authorization"]);
  const client = { rawHeaders, removedHeaders, checkedHeaders: [], body: "none" } as const;
  const flat = toUpstreamHeaders(client, createHeaderRules({ removed: [], checked: [], credentials: [] }), CALLER);
  expect(flat.slice(0, 4)).toEqual(["Accept", "c", "X-Request-Id", "req_1"]);
  expect(flat.join(" ")).toContain("X-Forwarded-Host api.example");
});
