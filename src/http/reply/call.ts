/** An operation as openapi-typescript writes it. */
export type OperationType = {
  readonly parameters: { readonly query?: unknown; readonly header?: unknown; readonly path?: unknown };
  readonly requestBody?: unknown;
  readonly responses: object;
};

/** The query parameters of `Op`. */
export type QueryOf<Op extends OperationType> = NonNullable<Op["parameters"]["query"]>;

/** A validated request for `Op`. */
export type RequestOf<Op extends OperationType> = {
  readonly requestId: string;
  /** The IP address that the request came from, or `unknown`. */
  readonly address: string;
  readonly path: Op["parameters"]["path"];
  readonly query: QueryOf<Op>;
  /** The headers that the contract declares as parameters, by the names that it gives them. */
  readonly header: NonNullable<Op["parameters"]["header"]>;
  readonly body: BodyOf<Op>;
  /** The header Accept. */
  readonly accept: string | undefined;
};

type BodyOf<Op> = Op extends { requestBody: { content: infer Content } }
  ? Content[keyof Content]
  : Op extends { requestBody?: infer Optional }
    ? NonNullable<Optional> extends { content: infer Content }
      ? Content[keyof Content] | undefined
      : undefined
    : undefined;

export type StatusOf<Op extends OperationType> = Extract<keyof Op["responses"], number>;

type ContentOf<Response> = Response extends { content: infer ByType } ? ByType[keyof ByType] : undefined;

/** A response with one of these statuses, as the contract declares it, such as `{ status: 200, body: … }`. */
export type ResponseOf<Op extends OperationType, Statuses extends number> = {
  [S in StatusOf<Op>]: S extends Statuses
    ? { readonly status: S; readonly body: ContentOf<Op["responses"][S]> }
    : never;
}[StatusOf<Op>] & {
  readonly location?: string;
  readonly etag?: string;
  /** For a response with several media types; by default, the first. */
  readonly mediaType?: string;
};
