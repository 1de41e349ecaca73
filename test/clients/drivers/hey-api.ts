// Makes the calls of the scenario with the SDK of Hey API: a line of JSON in for each, a line of JSON out.
import { createInterface } from "node:readline";
import { createClient } from "./latchkey/client/index.ts";
import {
  Clients,
  Data,
  type IssuedKey,
  Keys,
  type LimitTerms,
  type Problem,
  Usage,
  type UsageGrouping,
} from "./latchkey/index.ts";
import { patient } from "./patient.ts";

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
  readonly limit: LimitTerms & { readonly name: string };
  readonly reason: string;
  readonly from: string;
  readonly groupBy: UsageGrouping[];
};

function connect({ key, patient: isPatient }: Ask) {
  return createClient({
    baseUrl: process.env["URL"] ?? "",
    ...(key !== null && { auth: key }),
    ...(isPatient && { fetch: patient }),
  });
}

const CALLS = {
  getData: async (ask: Ask) => said(await Data.getData({ client: connect(ask) }), (data) => data),
  getSecretData: async (ask: Ask) => said(await Data.getSecretData({ client: connect(ask) }), (data) => data),
  getInfo: async (ask: Ask) => said(await Data.getInfo({ client: connect(ask) }), (text) => ({ text })),
  createClient: async (ask: Ask) => {
    const { name, plan } = ask;
    return said(await Clients.createClient({ client: connect(ask), body: { name, plan } }), (client) => client);
  },
  createKey: async (ask: Ask) => {
    const { clientId, name, scopes } = ask;
    return said(await Keys.createKey({ client: connect(ask), body: { clientId, name, scopes } }), issued);
  },
  getKey: async (ask: Ask) => {
    const path = { keyId: ask.keyId };
    return said(await Keys.getKey({ client: connect(ask), path }), (key) => ({
      ...key,
      overlapSeconds: secondsBetween(key.overlapEndsAt),
    }));
  },
  rotateKey: async (ask: Ask) => {
    const { overlapSeconds, keyId } = ask;
    return said(await Keys.rotateKey({ client: connect(ask), path: { keyId }, body: { overlapSeconds } }), issued);
  },
  updateKey: async (ask: Ask) => {
    const { name, ...terms } = ask.limit;
    const { keyId, ifMatch } = ask;
    const body = { limits: { set: { [name]: terms } } };
    const headers = { "If-Match": ifMatch };
    return said(await Keys.updateKey({ client: connect(ask), path: { keyId }, headers, body }), (key) => ({
      ...key,
      limit: key.limits?.set?.[name],
    }));
  },
  getUsage: async (ask: Ask) => {
    const query = { from: ask.from, groupBy: ask.groupBy };
    return said(await Usage.getUsage({ client: connect(ask), query }), ({ bucket, series }) => ({
      bucket,
      groups: series.map(({ group }) => `${group["operation"]} ${group["statusClass"]}`),
    }));
  },
  revokeKey: async (ask: Ask) => {
    const { keyId, reason } = ask;
    return said(await Keys.revokeKey({ client: connect(ask), path: { keyId }, body: { reason } }), (key) => key);
  },
  listKeys: async (ask: Ask) => {
    const query: { limit: number; clientId: string; cursor?: string } = { limit: ask.pageSize, clientId: ask.clientId };
    const ids: string[] = [];
    for (;;) {
      const { data, error } = await Keys.listKeys({ client: connect(ask), query });
      if (error) return refused(error);
      ids.push(...data.items.map(({ id }) => id));
      if (data.nextCursor === null) return { keys: ids.length, distinct: new Set(ids).size };
      query.cursor = data.nextCursor;
    }
  },
};

function said<T>({ data, error }: { readonly data?: T; readonly error?: Problem }, tell: (data: T) => object): object {
  return error ? refused(error) : tell(data as T);
}

function refused({ status, code, error, errors, "violated-policies": violated }: Problem) {
  return { status, code, error, pointer: errors?.[0]?.pointer, violated };
}

function issued({ key, secret }: IssuedKey) {
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
