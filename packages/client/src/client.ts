import createOpenapiClient, {
  type ClientPathsWithMethod,
  type FetchResponse,
  type MaybeOptionalInit,
  type Client as OpenapiClient,
} from "openapi-fetch";
import type { paths } from "../../../src/contract/types.gen.ts";
import { createCall } from "./call.ts";
import { isProblem, ProblemError, ResponseError } from "./errors.ts";
import { type ClientOptions, checkOptions } from "./options.ts";
import { retryAfterMs } from "./retry-after.ts";

export type { components, paths } from "../../../src/contract/types.gen.ts";
export type { Clock } from "./clock.ts";
export type { ProblemCode } from "./codes.gen.ts";
export type { Random } from "./random.ts";
export { type ClientOptions, ProblemError, ResponseError };

const METHODS = ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"] as const;

type Method = (typeof METHODS)[number];
type Media = `${string}/${string}`;

/** A success. Everything else is thrown. */
type Success<Operation, Init> = Extract<
  FetchResponse<Extract<Operation, Record<string | number, unknown>>, Init, Media>,
  { data: unknown }
>;

type More = { readonly [name: string]: unknown };

type Methods<Paths extends {}> = {
  readonly [Name in Method]: <
    Path extends ClientPathsWithMethod<OpenapiClient<Paths>, Lowercase<Name>>,
    Init extends MaybeOptionalInit<Paths[Path], Lowercase<Name> & keyof Paths[Path]>,
  >(
    path: Path,
    ...init: undefined extends Init ? [init?: Init & More] : [init: Init & More]
  ) => Promise<Success<Paths[Path][Lowercase<Name> & keyof Paths[Path]], Init>>;
};

/** openapi-fetch that throws every failure: a `ProblemError`, a `ResponseError`, or whatever `fetch` throws. */
export type Client<Paths extends {}> = Methods<Paths> & Pick<OpenapiClient<Paths>, "use" | "eject">;

type AnyMethod = (
  path: string,
  init?: object,
) => Promise<{ readonly data?: unknown; readonly error?: unknown; readonly response: Response }>;

/**
 * Creates a client of Latchkey, or of an API behind it if `Paths` are the paths of that API's contract. The client
 * keeps to the rate limits of its key and retries calls where that is safe.
 * @throws TypeError if an option is invalid, with the fix.
 */
export function createClient<Paths extends {} = paths>(options: ClientOptions): Client<Paths> {
  const settings = checkOptions(options);
  const fetchFor = createCall(settings);
  const core = createOpenapiClient<Paths>({ baseUrl: settings.baseUrl });

  const methodOf = (method: Method): AnyMethod => {
    // Operations differ only in their types; at run time, one signature is enough.
    const make = core[method] as unknown as AnyMethod;
    return async (path, init = {}) => {
      const operation = `${method} ${path}`;
      // `fetch` streams a body only if `duplex` is set.
      const fetch = fetchFor(operation, "duplex" in init);
      const result = await make(path, { ...init, fetch }).catch((fault: Error) => {
        // The original message quotes the response, which may contain the key.
        throw fault?.name === "SyntaxError"
          ? new TypeError(`The response to ${operation} is not valid JSON; see parseAs.`)
          : fault;
      });
      if (!result.response.ok) throw toError(operation, result.response, withoutKey(result.error, settings.key));
      return result;
    };
  };
  const methods = METHODS.map((method) => [method, methodOf(method)]);
  return { use: core.use, eject: core.eject, ...Object.fromEntries(methods) };
}

function toError(operation: string, { status, headers }: Response, body: unknown): Error {
  if (!isProblem(headers, body)) return new ResponseError(operation, status, body);
  return new ProblemError(body, Math.ceil((retryAfterMs(headers) ?? 0) / 1000));
}

/** A proxy or an upstream may echo the request, including the key. */
function withoutKey(body: unknown, key: string): unknown {
  return body && JSON.parse(JSON.stringify(body).replaceAll(key, "[redacted]"));
}
