import type { Refusal } from "../auth/authorize.ts";
import type { DefaultedParameters, OperationId, operations, PublicOperationId } from "../contract/types.gen.ts";
import type { ApiKey } from "../keys/key.ts";
import type { ProblemCodeOf } from "../problem/catalog.ts";
import type { InvalidPart } from "../problem/problem.ts";

type Parameters<Id extends OperationId> = operations[Id]["parameters"];

type Query<Id extends OperationId> = NonNullable<Parameters<Id>["query"]>;

/** The query as the validator leaves it: what has a default is there. */
type FilledQuery<Id extends OperationId> = Query<Id> & {
  readonly [Name in keyof Query<Id> & DefaultedParameters[Id]]-?: NonNullable<Query<Id>[Name]>;
};

type Body<Id extends OperationId> = operations[Id] extends { requestBody: { content: infer Content } }
  ? Content[keyof Content]
  : operations[Id] extends { requestBody?: infer Optional }
    ? NonNullable<Optional> extends { content: infer Content }
      ? Content[keyof Content] | undefined
      : undefined
    : undefined;

/** What a handler gets: everything validated, nothing secret. */
export type Call<Id extends OperationId> = {
  readonly requestId: string;
  /** The IP address that the request came from, or `unknown`. */
  readonly address: string;
  readonly path: Parameters<Id>["path"];
  readonly query: FilledQuery<Id>;
  /** The headers that the contract declares as parameters, by the names that it gives them. */
  readonly header: NonNullable<Parameters<Id>["header"]>;
  readonly body: Body<Id>;
} & (Id extends PublicOperationId ? unknown : { /** The admitted key. */ readonly key: ApiKey });

type Responses<Id extends OperationId> = operations[Id]["responses"];

type Status<Id extends OperationId> = Extract<keyof Responses<Id>, number>;

type Content<Response> = Response extends { content: infer ByType } ? ByType[keyof ByType] : undefined;

/** An answer as the contract declares it, such as `{ status: 200, body: … }`. */
type Answer<Id extends OperationId> = {
  [S in Status<Id>]: S extends 200 | 201 | 202 | 204
    ? {
        readonly status: S;
        readonly body: Content<Responses<Id>[S]>;
        readonly location?: string;
        readonly etag?: string;
      }
    : never;
}[Status<Id>];

/** A refusal whose status the contract declares for the operation. */
type Declined<Id extends OperationId> = {
  readonly problem: ProblemCodeOf<Status<Id>>;
  readonly detail: string;
  readonly errors?: readonly InvalidPart[];
};

/** The key lost its right to the call while the call was under way. */
type Refused = {
  readonly refusal: Extract<Refusal, { readonly kind: "key-revoked" | "key-expired" | "key-disabled" }>;
};

/** What a handler may answer: a status or a field that the contract does not declare does not compile. */
export type Reply<Id extends OperationId> = Answer<Id> | Declined<Id> | Refused;

export type Handler<Id extends OperationId> = (call: Call<Id>) => Reply<Id> | Promise<Reply<Id>>;

/** One handler for every operation of the contract, and none besides. */
export type Handlers = { readonly [Id in OperationId]: Handler<Id> };
