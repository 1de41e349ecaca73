import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { runCaptured } from "../../../support/process/program.ts";
import { aService } from "../../../support/service.ts";
import { temporaryFolder } from "../../../support/temporary.ts";
import { anUpstream } from "../../../support/upstream.ts";

type Call = readonly [method: string, target: string, options?: { readonly type?: string; readonly body?: string }];

const OWNER = JSON.stringify({
  lastName: "O-Neil É.",
  telephone: "0123456789",
  born: "1990-01-31",
  balance: 1.5,
  status: "ACTIVE",
  pets: [{ name: "Rex" }],
  attributes: { vip: "yes" },
});
const TODO = JSON.stringify({
  id: "0b9e7a52-6f4e-4d0a-9a53-0e6f0c1b2a3d",
  title: null,
  priority: 1,
  price: "1.5e3",
  due: "2026-01-01T10:00:00Z",
  kind: "Work",
});
const FORM =
  '--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\nPNG\r\n--x--\r\n';

/** Documents as these frameworks generate them, with calls of their clients. The upstream is a mock. */
const DOCUMENTS: readonly { readonly name: string; readonly calls: readonly Call[] }[] = [
  {
    name: "springdoc",
    calls: [
      ["GET", "/api/owners/7"],
      ["GET", "/api/owners?lastName=O%27Neil&page=0&size=20&sort=name,asc"],
      ["GET", "/api/owners?since=2026-01-31T10:00:00Z&page=1&size=5"],
      ["POST", "/api/owners", { body: OWNER }],
      ["PUT", "/api/owners/7", { body: OWNER }],
      ["POST", "/api/owners/7/photo", { type: "multipart/form-data; boundary=x", body: FORM }],
    ],
  },
  {
    name: "aspnet",
    calls: [
      ["GET", "/WeatherForecast"],
      ["GET", "/WeatherForecast?Days=5&From=2026-01-31T10:00:00%2B02:00&City=Bonn&City=K%C3%B6ln"],
      ["PUT", "/api/todos/0b9e7a52-6f4e-4d0a-9a53-0e6f0c1b2a3d?api-version=1.0", { body: TODO }],
      [
        "PUT",
        "/api/todos/0b9e7a52-6f4e-4d0a-9a53-0e6f0c1b2a3d?api-version=1.0",
        { type: "text/json; charset=utf-8", body: TODO },
      ],
      [
        "PUT",
        "/api/todos/0b9e7a52-6f4e-4d0a-9a53-0e6f0c1b2a3d?api-version=1.0",
        { type: "application/merge-patch+json", body: TODO },
      ],
    ],
  },
];

const folder = temporaryFolder();
const upstream = anUpstream();
// The hooks of a file run in their order: the contracts are there before a service starts.
for (const { name } of DOCUMENTS) copyFileSync(join(import.meta.dirname, `${name}.json`), join(folder, `${name}.json`));
beforeAll(async () => {
  for (const { name } of DOCUMENTS) {
    const { code, err } = await runCaptured(["init", join(folder, `${name}.json`)]);
    if (code !== 0) throw new Error(err);
  }
});

const JWT = "Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2ln";

describe.each(DOCUMENTS)("a document of $name that latchkey init annotates", ({ name, calls }) => {
  const service = aService(() => ({
    LATCHKEY_CONTRACT: join(folder, `${name}.latchkey.json`),
    LATCHKEY_UPSTREAM: upstream.url,
  }));
  let secret = "";
  beforeAll(async () => {
    const { scopes } = service.running.actions;
    const own = scopes.filter((scope) => /^(?:owner-controller|todos|weather-?forecast|shop):/.test(scope));
    ({ secret } = await service.issue({ client: "shop", scopes: own }));
  });
  beforeEach(() => upstream.forget());

  it.each(calls)(
    "admits %s %s, and passes it on with the login of its user",
    async (method, target, { type = "application/json", body } = {}) => {
      const login = { authorization: JWT, ...(body !== undefined && { "content-type": type }) };
      const send = (headers: Record<string, string>) =>
        fetch(`${service.url}${target}`, { method, headers, ...(body !== undefined && { body }) });
      expect((await send(login)).status).toBe(401);
      const response = await send({ ...login, "x-api-key": secret });
      expect([response.status, await response.text()]).toEqual([200, '{"ok":true}']);
      expect(upstream.recorded).toHaveLength(1);
      expect(upstream.last()).toMatchObject({ method, url: target, body: body ?? "", headers: { authorization: JWT } });
      expect(upstream.last().headers["x-api-key"]).toBeUndefined();
    },
  );
});
