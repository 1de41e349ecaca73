import type { KeyRefusal, Refusal } from "../../auth/authorize.ts";
import type { DefaultedParameters, OperationId, operations, PublicOperationId } from "../../contract/types.gen.ts";
import type { ApiKey } from "../../keys/key.ts";
import type { ProblemCodeOf } from "../../problem/catalog.ts";
import type { InvalidPart } from "../../problem/problem.ts";
import type { QueryOf, RequestOf, ResponseOf, StatusOf } from "./call.ts";

/** The query after validation: parameters with a default are always there. */
type FilledQuery<Id extends OperationId> = QueryOf<operations[Id]> & {
  readonly [Name in keyof QueryOf<operations[Id]> & DefaultedParameters[Id]]-?: NonNullable<
    QueryOf<operations[Id]>[Name]
  >;
};

/** What a handler gets of a request: all of it validated, none of it secret. */
export type Call<Id extends OperationId> = Omit<RequestOf<operations[Id]>, "query"> & {
  readonly query: FilledQuery<Id>;
} & (Id extends PublicOperationId ? unknown : { /** The admitted key. */ readonly key: ApiKey });

/** A refusal whose status the contract declares for the operation. */
type Declined<Id extends OperationId> = {
  readonly problem: ProblemCodeOf<StatusOf<operations[Id]>>;
  readonly detail: string;
  readonly errors?: readonly InvalidPart[];
};

/** The key lost its permission while the request was being handled. */
type Refused = {
  readonly refusal: Exclude<KeyRefusal, { readonly kind: "environment-refused" }>;
};

/** What a handler may return: a status or a field that the contract does not declare does not compile. */
type Reply<Id extends OperationId> = ResponseOf<operations[Id], 200 | 201 | 202 | 204> | Declined<Id> | Refused;

export type Handler<Id extends OperationId> = (call: Call<Id>) => Reply<Id> | Promise<Reply<Id>>;

/** A handler as `dispatch` sees it: only the table of handlers knows its exact type. */
export type AnyHandler = (call: never) => AnyReply | Promise<AnyReply>;

/** A reply with a response of the contract, and not with a problem. */
export type SuccessfulReply = {
  readonly status: number;
  readonly body: unknown;
  readonly location?: string;
  readonly etag?: string;
  readonly mediaType?: string;
};

/** Handlers by operationId. */
export type HandlersById = Readonly<Record<string, AnyHandler>>;

export type AnyReply =
  | { readonly refusal: Refusal }
  | SuccessfulReply
  | {
      readonly problem: ProblemCodeOf<number>;
      readonly detail: string;
      readonly errors?: readonly InvalidPart[];
    };
