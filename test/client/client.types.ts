import { createClient, ProblemError } from "../../packages/client/src/client.ts";

// Tests of types: where a line below a @ts-expect-error compiled, `npm run check:types` would fail.

const latchkey = createClient({ baseUrl: "https://api.example.com", key: "lk_live_x" });

export const message = async (): Promise<string> => (await latchkey.GET("/secret-data")).data.message;

export const text = async (): Promise<string> =>
  (await latchkey.GET("/v1/usage", { params: { query: { format: "csv" } }, parseAs: "text" })).data;

export const created = async (): Promise<string> =>
  (await latchkey.POST("/v1/clients", { body: { name: "my-app" } })).data.id;

// @ts-expect-error there is no such path
export const nowhere = () => latchkey.GET("/nowhere");

// @ts-expect-error there is no such method at this path
export const otherMethod = () => latchkey.POST("/secret-data");

// @ts-expect-error the parameter of the path is missing
export const noParameter = () => latchkey.GET("/v1/keys/{keyId}");

// @ts-expect-error the body lacks its name
export const noName = () => latchkey.POST("/v1/clients", { body: {} });

// @ts-expect-error what fails is thrown
export const noError = async () => (await latchkey.GET("/secret-data")).error.code;

export function facts(error: unknown) {
  if (!(error instanceof ProblemError)) return error;

  if (error.code === "rate-limited") return [error.retryAfterSeconds, error.violatedPolicies.join(), error.requestId];
  if (error.code === "request-invalid") return error.errors.map(({ pointer }) => pointer);
  if (error.code === "unavailable") return error.retryAfterSeconds;
  // @ts-expect-error no wait makes an invalid key valid
  if (error.code === "key-invalid") return error.retryAfterSeconds;
  // @ts-expect-error there is no such code
  if (error.code === "rate-limit") return error;

  const code: string = error.code;
  return `${code}: ${error.detail}`;
}

type TheirPaths = {
  "/items": {
    get: { responses: { 200: { content: { "application/json": { items: string[] } } } } };
  };
};

/** Of an API that stands behind the service. */
const theirs = createClient<TheirPaths>({ baseUrl: "https://api.example.com", key: "lk_live_x" });

export const items = async (): Promise<string[]> => (await theirs.GET("/items")).data.items;
