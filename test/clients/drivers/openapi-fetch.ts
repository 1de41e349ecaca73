// Makes the calls of the scenario with openapi-fetch: a line of JSON in for each, a line of JSON out.
import { createInterface } from "node:readline";
import createClient from "openapi-fetch";
import { patient } from "./patient.ts";
import type { components, paths } from "./schema.ts";

type Schemas = components["schemas"];
type Answer<T> = { readonly data?: T; readonly error?: Schemas["Problem"] };

type Ask = {
  readonly call: keyof typeof CALLS;
  readonly key: string | null;
  readonly patient?: boolean;
  readonly name: string;
  readonly plan: string;
  readonly clientId: string;
  readonly scopes: string[];
  readonly keyId: string;
  readonly overlapSeconds: number;
  readonly ifMatch: string;
  readonly pageSize: number;
  readonly limit: Schemas["LimitTerms"] & { readonly name: string };
  readonly reason: string;
  readonly from: string;
  readonly groupBy: Schemas["UsageGrouping"][];
};

function connect({ key, patient: isPatient }: Ask) {
  return createClient<paths>({
    baseUrl: process.env["URL"] ?? "",
    ...(key !== null && { headers: { "x-api-key": key } }),
    ...(isPatient && { fetch: patient }),
  });
}

const CALLS = {
  getData: async (ask: Ask) => said(await connect(ask).GET("/data"), (data) => data),
  getSecretData: async (ask: Ask) => said(await connect(ask).GET("/secret-data"), (data) => data),
  getInfo: async (ask: Ask) =>
    // The scheme of this operation puts the key into the URL, which openapi-fetch leaves to its caller.
    said(
      await createClient<paths>({
        baseUrl: process.env["URL"] ?? "",
        querySerializer: () => `api_key=${ask.key}`,
      }).GET("/info", { parseAs: "text" }),
      (text) => ({ text }),
    ),
  createClient: async (ask: Ask) => {
    const { name, plan } = ask;
    return said(await connect(ask).POST("/v1/clients", { body: { name, plan } }), (client) => client);
  },
  createKey: async (ask: Ask) => {
    const { clientId, name, scopes } = ask;
    return said(await connect(ask).POST("/v1/keys", { body: { clientId, name, scopes } }), issued);
  },
  getKey: async (ask: Ask) => {
    const path = { keyId: ask.keyId };
    return said(await connect(ask).GET("/v1/keys/{keyId}", { params: { path } }), (key) => ({
      ...key,
      overlapSeconds: secondsBetween(key.overlapEndsAt),
    }));
  },
  rotateKey: async (ask: Ask) => {
    const params = { path: { keyId: ask.keyId } };
    const body = { overlapSeconds: ask.overlapSeconds };
    return said(await connect(ask).POST("/v1/keys/{keyId}/rotate", { params, body }), issued);
  },
  updateKey: async (ask: Ask) => {
    const { name, ...terms } = ask.limit;
    const params = { path: { keyId: ask.keyId }, header: { "If-Match": ask.ifMatch } };
    const body = { limits: { set: { [name]: terms } } };
    return said(await connect(ask).PATCH("/v1/keys/{keyId}", { params, body }), (key) => ({
      ...key,
      limit: key.limits?.set?.[name],
    }));
  },
  getUsage: async (ask: Ask) => {
    const query = { from: ask.from, groupBy: ask.groupBy };
    return said(await connect(ask).GET("/v1/usage", { params: { query } }), (report) =>
      // Usage is JSON or CSV, as asked for.
      typeof report === "string" ? { csv: report } : ofUsage(report),
    );
  },
  revokeKey: async (ask: Ask) => {
    const params = { path: { keyId: ask.keyId } };
    const body = { reason: ask.reason };
    return said(await connect(ask).POST("/v1/keys/{keyId}/revoke", { params, body }), (key) => key);
  },
  listKeys: async (ask: Ask) => {
    const query: { limit: number; clientId: string; cursor?: string } = { limit: ask.pageSize, clientId: ask.clientId };
    const ids: string[] = [];
    for (;;) {
      const { data, error } = await connect(ask).GET("/v1/keys", { params: { query } });
      if (error) return refused(error);
      ids.push(...data.items.map(({ id }) => id));
      if (data.nextCursor === null) return { keys: ids.length, distinct: new Set(ids).size };
      query.cursor = data.nextCursor;
    }
  },
};

function said<T>({ data, error }: Answer<T>, tell: (data: T) => object): object {
  return error ? refused(error) : tell(data as T);
}

function refused({ status, code, error, errors, "violated-policies": violated }: Schemas["Problem"]) {
  return { status, code, error, pointer: errors?.[0]?.pointer, violated };
}

function ofUsage({ bucket, series }: Schemas["UsageReport"]) {
  return { bucket, groups: series.map(({ group }) => `${group["operation"]} ${group["statusClass"]}`) };
}

function issued({ key, secret }: Schemas["IssuedKey"]) {
  return { ...key, secret };
}

/** From now on to `instant`, to the nearest minute: what the scenario waits for takes less. */
function secondsBetween(instant: string | null) {
  return instant === null ? null : Math.round((Date.parse(instant) - Date.now()) / 60_000) * 60;
}

for await (const line of createInterface({ input: process.stdin })) {
  const ask: Ask = JSON.parse(line);
  console.log(JSON.stringify(await CALLS[ask.call](ask)));
}
