import createOpenapiClient, {
  type ClientPathsWithMethod,
  type FetchResponse,
  type MaybeOptionalInit,
  type Client as OpenapiClient,
} from "openapi-fetch";
import type { paths } from "../../../src/contract/types.gen.ts";
import { createCall } from "./call.ts";
import { AnswerError, isProblem, ProblemError } from "./errors.ts";
import { type ClientOptions, checkOptions } from "./options.ts";
import { retryAfterMs } from "./retry-after.ts";

export type { components, paths } from "../../../src/contract/types.gen.ts";
export type { Clock } from "./clock.ts";
export type { ProblemCode } from "./codes.gen.ts";
export type { Random } from "./random.ts";
export { AnswerError, type ClientOptions, ProblemError };

const METHODS = ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"] as const;

type Method = (typeof METHODS)[number];
type Media = `${string}/${string}`;

/** A success; everything else is thrown. */
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

/** openapi-fetch, but what is no success is thrown: a `ProblemError`, an `AnswerError`, or what fetch throws. */
export type Client<Paths extends {}> = Methods<Paths> & Pick<OpenapiClient<Paths>, "use" | "eject">;

type AnyMethod = (
  path: string,
  init?: object,
) => Promise<{ readonly data?: unknown; readonly error?: unknown; readonly response: Response }>;

/**
 * A client of Latchkey, or of the API behind it where `Paths` are those of its contract. It keeps to the pace that its
 * key has, and makes calls again where that is safe.
 * @throws TypeError when an option is not as it should be, with what to do about it.
 */
export function createClient<Paths extends {} = paths>(options: ClientOptions): Client<Paths> {
  const settings = checkOptions(options);
  const fetchFor = createCall(settings);
  const core = createOpenapiClient<Paths>({ baseUrl: settings.baseUrl });

  const methodOf = (method: Method): AnyMethod => {
    // What is special about each operation is in the types, and gone when it runs.
    const make = core[method] as unknown as AnyMethod;
    return async (path, init = {}) => {
      const operation = `${method} ${path}`;
      // To stream a body, fetch wants to be told `duplex`.
      const fetch = fetchFor(operation, "duplex" in init);
      const answer = await make(path, { ...init, fetch }).catch((fault: Error) => {
        // Its own words quote what came.
        throw fault?.name === "SyntaxError"
          ? new TypeError(`${operation} was not answered in JSON; see parseAs.`)
          : fault;
      });
      if (!answer.response.ok) throw toError(operation, answer.response, withoutKey(answer.error, settings.key));
      return answer;
    };
  };
  const methods = METHODS.map((method) => [method, methodOf(method)]);
  return { use: core.use, eject: core.eject, ...Object.fromEntries(methods) };
}

function toError(operation: string, { status, headers }: Response, body: unknown): Error {
  if (!isProblem(headers, body)) return new AnswerError(operation, status, body);
  return new ProblemError(body, Math.ceil((retryAfterMs(headers) ?? 0) / 1000));
}

/** Somebody on the way may say back what they were sent. */
function withoutKey(body: unknown, key: string): unknown {
  return body && JSON.parse(JSON.stringify(body).replaceAll(key, "[redacted]"));
}
