// Generated from openapi.yaml by `npm run generate`. Do not edit.

export interface paths {
    "/data": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the data
         * @description The data that any key with the scope `data:read` may see.
         */
        get: operations["getData"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the info text, with the key in the URL (less secure)
         * @description **Less secure.** This operation takes the key as the query parameter `api_key`, for clients that cannot set a
         *     header. URLs end up in browser histories, proxies and logs: prefer an operation that takes `x-api-key`.
         */
        get: operations["getInfo"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/secret-data": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the secret data
         * @description The data that only keys with the scope `secret:read` may see.
         */
        get: operations["getSecretData"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look at the key you are using
         * @description Tells the caller whose key this is, what it may do and until when. Any valid key may ask.
         */
        get: operations["getOwnKey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/key/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate the key you are using
         * @description Issues a key in place of the one that is used, with the same rights; only for keys issued with `selfRotation`.
         *     The old one goes on working until the overlap ends. Of the keys that were rotated into each other ten work at a
         *     time: one rotation more ends the overlap of the oldest.
         */
        post: operations["rotateOwnKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/key/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See what the key you are using was used for
         * @description Counts by time, without gaps. Any valid key may ask about itself. An answer has at most 2,000 points; ask for a
         *     longer bucket, a shorter time or fewer groups if there are more.
         */
        get: operations["getOwnUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the clients
         * @description Newest first. Follow `nextCursor` until it is null; clients added meanwhile are neither repeated nor do they shift
         *     the pages. With filters a page may hold fewer items than asked for, even none, while `nextCursor` leads on.
         */
        get: operations["listClients"];
        put?: never;
        /**
         * Register a client
         * @description A client is whoever holds keys, an application, a team, a customer. Its name is unique.
         */
        post: operations["createClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clients/{clientId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look at a client
         * @description Finds the client by its id or by its name.
         */
        get: operations["getClient"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a client
         * @description Changes the fields that are sent and leaves the others be. `If-Match` must hold the `ETag` of what you looked at,
         *     so that nobody's change is lost; `If-Match: *` does without. A client whose keys have administrative scopes can be
         *     renamed only by a key that has these scopes.
         */
        patch: operations["updateClient"];
        trace?: never;
    };
    "/v1/clients/{clientId}/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause a client
         * @description All keys of the client are refused from the very next request on, until the client is enabled again. Pausing a
         *     paused client changes nothing.
         */
        post: operations["disableClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clients/{clientId}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let a paused client go on
         * @description Its keys are accepted again, each as far as its own state allows. A client that holds keys with administrative
         *     scopes can be enabled only by a key that has these scopes.
         */
        post: operations["enableClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clients/{clientId}/revoke-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke all keys of a client, for good
         * @description All keys that the client holds are refused from the very next request on. The client stays, and new keys can be
         *     issued to it; disable it as well if it is to hold none. The audit log has an event for each key; where they are
         *     many, it is written within seconds of the answer, or after a restart.
         */
        post: operations["revokeClientKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the keys
         * @description Newest first, revoked and expired ones too. Follow `nextCursor` until it is null; keys added meanwhile are neither
         *     repeated nor do they shift the pages. With filters a page may hold fewer items than asked for, even none, while
         *     `nextCursor` leads on.
         */
        get: operations["listKeys"];
        put?: never;
        /**
         * Issue a key
         * @description The answer is the only one that ever holds the secret. Scopes that administer this service (`clients:*`,
         *     `keys:*` and so on) can be granted only by a key that holds them, and only within its own expiry and networks; data scopes by any key
         *     with `keys:write`.
         */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask whether a key is valid
         * @description For services that take keys themselves and leave the decision to this one. Of a key that is not valid the answer
         *     says why; of one that was never issued it says nothing more than that.
         */
        post: operations["verifyKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/hygiene": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find keys that somebody should look at
         * @description Active keys, newest first, that never expire or expire within 14 days, were not used for 90 days, may do more than
         *     they ever needed, or whose client holds no plan; each with the command that mends it. A page may be shorter than
         *     asked for while there are more.
         */
        get: operations["listKeyHygiene"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/{keyId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look at a key
         * @description Everything that is kept about a key. The secret is not kept.
         */
        get: operations["getKey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a key
         * @description Changes the fields that are sent and leaves the others be; the change holds from the next request on. `If-Match`
         *     must hold the `ETag` of what you looked at, so that nobody's change is lost; `If-Match: *` does without.
         *
         *     Keys with administrative scopes can be loosened (more scopes, a later end, other networks) only by a key that has
         *     these scopes, and only within that key's own expiry and networks. A revoked key stays as it is. Keys that were issued in place of this one are keys of their own.
         */
        patch: operations["updateKey"];
        trace?: never;
    };
    "/v1/keys/{keyId}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke a key, for good
         * @description The key is refused from the very next request on, and so are the keys that were issued in its place by rotation.
         *     It is kept, with the time and the reason. Revoking a key again changes nothing and answers the same.
         */
        post: operations["revokeKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/{keyId}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate a key
         * @description Issues a key in place of this one, with the same client, scopes, environment, expiry and restrictions. The old one
         *     goes on working until the overlap ends, and shows as `superseded` until then. Of the keys that were rotated into
         *     each other ten work at a time: one rotation more ends the overlap of the oldest. Keys with administrative scopes can
         *     be rotated only by a key that has these scopes and expires no sooner and works from no fewer networks.
         */
        post: operations["rotateKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/{keyId}/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause a key
         * @description The key is refused from the very next request on, until it is enabled again. Pausing a paused key changes nothing.
         */
        post: operations["disableKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/{keyId}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let a paused key go on
         * @description Only a pause is lifted: a revoked or expired key stays what it is. Keys with administrative scopes can be enabled
         *     only by a key that has these scopes.
         */
        post: operations["enableKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See who calls what
         * @description Counts of answers, refusals too, by time and without gaps. They are written within a quarter of a second. An
         *     answer has at most 10,000 points, and at most 1,000,000 counts are added up for it; ask for a longer bucket, a
         *     shorter time, fewer groups or one client if there are more.
         */
        get: operations["getUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/{keyId}/uses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See what a key is used for, and from where
         * @description The latest uses first, each by operation and network; of a key that was rotated too, so that its overlap can end
         *     when nobody uses the old secret any more.
         */
        get: operations["listKeyUses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/decisions/{requestId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See why a request was refused
         * @description Of the last 10,000 refusals: which check failed, and the line of the contract that asked for it. Callers
         *     themselves see only their problem document.
         */
        get: operations["getDecision"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what was done, and by whom
         * @description Every deed on clients and keys, newest first. Each event carries the hash of the one before it, so that a change
         *     to any of them shows. Follow `nextCursor` until it is null. With filters a page may hold fewer items than asked for,
         *     even none, while `nextCursor` leads on.
         */
        get: operations["listAuditEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is the process alive?
         * @description Answers as long as the process can answer at all; looks at nothing else.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Can it serve requests?
         * @description Ready means that the store answers, that calls with a key have found it answering in the last ten seconds, and that the process is not shutting down.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/authorize": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * May this request go on?
         * @description For proxies that ask before they pass a request on: nginx (`auth_request`), Caddy (`forward_auth`), Traefik
         *     (ForwardAuth), Envoy (`ext_authz`). They send the headers of the request, its key among them, and name its method
         *     and URI in one pair of the headers below; Envoy puts them behind `/v1/authorize`. The request is held against the
         *     contract as if it had come here, all but its body, and refused with the same status. nginx understands only 401 and
         *     403: there other refusals are 403, with the status and the problem document in `X-Latchkey-Status` and
         *     `X-Latchkey-Problem`. Only addresses in `LATCHKEY_AUTHORIZE_FROM` may ask.
         */
        get: operations["authorizeRequest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description A message and some numbers.
         * @example {
         *       "message": "Access granted",
         *       "data": [
         *         1,
         *         2,
         *         3
         *       ]
         *     }
         */
        DataSet: {
            /**
             * @description A greeting.
             * @example Access granted
             */
            message: string;
            /** @description The numbers. */
            data: number[];
        };
        /**
         * @description The info text.
         * @example Info data
         */
        InfoText: string;
        /**
         * @description What a key may do, such as `resource:action`. The catalogue stands under `x-scopes` of the security schemes.
         * @example data:read
         */
        Scope: string;
        /**
         * @description Whether the key is for production (`live`) or for trying things out (`test`). It is part of the key's text.
         * @example live
         * @enum {string}
         */
        Environment: "live" | "test";
        /**
         * @description Whether the key is accepted (`active`, or `superseded` by its successor and still working), and if not, why.
         * @example active
         * @enum {string}
         */
        KeyState: "active" | "superseded" | "disabled" | "expired" | "revoked";
        /**
         * @description The public id of a key; harmless in logs.
         * @example key_4Tz0ZkX0b1TnVd4sWcYe
         */
        KeyId: string;
        /**
         * @description What people call the key. No control or invisible characters.
         * @example nightly import
         */
        KeyName: string;
        /**
         * @description The key itself. Keep it secret; it is shown once.
         * @example lk_live_EXAMPLEexampleEXAMPLEexample0000000000
         */
        KeySecret: string;
        /**
         * @description The id of a client.
         * @example client_7Qm2ZkX0b1TnVd4sWcYe
         */
        ClientId: string;
        /**
         * @description The unique name of a client. No slashes, control or invisible characters, in composed form (NFC); it must not begin with `client_` or `key_`, nor be `.` or `..`.
         * @example my-app
         */
        ClientName: string;
        /**
         * @description A client's id or its name.
         * @example my-app
         */
        ClientIdOrName: string;
        /**
         * @description An opaque place in a list; take it from `nextCursor`, do not build it.
         * @example azE3
         */
        Cursor: string;
        /**
         * @description The id of a request, the same as in the service's logs.
         * @example req_5Hq0ZkX0b1TnVd4sWcYe
         */
        RequestId: string;
        /**
         * Format: date-time
         * @description An instant in UTC (RFC 3339).
         * @example 2027-01-31T12:00:00.000Z
         */
        Timestamp: string;
        /**
         * @description An instant (RFC 3339), as text, for generated clients write date-times into URLs in spellings of their own.
         * @example 2027-01-31T12:00:00.000Z
         */
        TimestampText: string;
        /**
         * @description Your own notes, any JSON object that takes at most 4096 bytes. The service does not look at them.
         * @example {
         *       "team": "blue",
         *       "tickets": [
         *         "OPS-17"
         *       ],
         *       "limits": {
         *         "seats": 5
         *       }
         *     }
         */
        Metadata: {
            [key: string]: unknown;
        };
        /**
         * @description The client that holds a key.
         * @example {
         *       "id": "client_7Qm2ZkX0b1TnVd4sWcYe",
         *       "name": "my-app"
         *     }
         */
        ClientRef: {
            id: components["schemas"]["ClientId"];
            name: components["schemas"]["ClientName"];
        };
        /**
         * @description The name of a plan, as the contract declares it under `x-latchkey`.
         * @example free
         */
        PlanName: string;
        /**
         * @description The name of a plan; null means the default plan.
         * @example free
         */
        OptionalPlanName: string | null;
        /**
         * LimitOverride
         * @description What counts instead of what the plan says; null leaves everything to the plan.
         * @example {
         *       "set": {
         *         "perKey": {
         *           "requests": 1000,
         *           "windowSeconds": 60
         *         }
         *       },
         *       "until": "2027-01-31T12:00:00.000Z"
         *     }
         */
        LimitOverride: {
            /**
             * @description Whether no limit and no quota counts.
             * @example false
             */
            unlimited?: boolean;
            /** @description From then on the plan counts again; it must lie ahead. Null, or left out, means for good. */
            until?: components["schemas"]["OptionalTimestamp"];
            set?: components["schemas"]["LimitTermsByName"];
        } | null;
        /**
         * @description By the name of a limit or quota of the plan, what it is instead.
         * @example {
         *       "perKey": {
         *         "requests": 1000,
         *         "windowSeconds": 60
         *       }
         *     }
         */
        LimitTermsByName: {
            [key: string]: components["schemas"]["LimitTerms"];
        };
        /**
         * @description How much is allowed. A quota keeps its period, and takes `requests` alone.
         * @example {
         *       "requests": 1000,
         *       "windowSeconds": 60
         *     }
         */
        LimitTerms: {
            /**
             * Format: int32
             * @description So many, in units of cost.
             * @example 1000
             */
            requests: number;
            /**
             * Format: int32
             * @description In each window of so many seconds; left out, the window of the plan.
             * @example 60
             */
            windowSeconds?: number;
            /**
             * Format: int32
             * @description So many at once; left out, a tenth of `requests`, at least 1.
             * @example 100
             */
            burst?: number;
        };
        /**
         * @description By what usage is told apart: `statusClass` is the first digit of the status, `code` that of the problem.
         * @example operation
         * @enum {string}
         */
        UsageGrouping: "client" | "key" | "environment" | "operation" | "statusClass" | "code";
        /**
         * @description By what the usage of one key is told apart.
         * @example operation
         * @enum {string}
         */
        OwnUsageGrouping: "operation" | "statusClass" | "code";
        /**
         * @description How long each point of a series is.
         * @default hour
         * @example hour
         * @enum {string}
         */
        UsageBucket: "minute" | "hour" | "day";
        /**
         * @description In what form usage is answered.
         * @example json
         * @enum {string}
         */
        UsageFormat: "json" | "csv";
        /**
         * @description An operationId of the contract.
         * @example getData
         */
        OperationName: string;
        /**
         * @description The kind of a problem.
         * @example scope-missing
         */
        ProblemCode: string;
        /**
         * @description What was counted, in series of points that have the same times.
         * @example {
         *       "from": "2026-11-24T12:00:00.000Z",
         *       "to": "2026-11-24T13:00:00.000Z",
         *       "bucket": "hour",
         *       "series": [],
         *       "dropped": 0
         *     }
         */
        UsageReport: {
            /** @description Where the first bucket begins. */
            from: components["schemas"]["Timestamp"];
            /** @description Until when was counted. */
            to: components["schemas"]["Timestamp"];
            bucket: components["schemas"]["UsageBucket"];
            /** @description One for each group in which something was. */
            series: components["schemas"]["UsageSeries"][];
            /**
             * Format: int64
             * @description So many answers since the start of the service are in no count, for its store was away for too long.
             * @example 0
             */
            dropped: number;
        };
        /**
         * @description What the answers of a series have in common, by the names of `groupBy`. Empty where there is nothing to say, such as the key of somebody without one.
         * @example {
         *       "operation": "getData"
         *     }
         */
        UsageGroup: {
            [key: string]: string;
        };
        /**
         * @description The counts of one group.
         * @example {
         *       "group": {
         *         "operation": "getData"
         *       },
         *       "points": [
         *         {
         *           "at": "2026-11-24T12:00:00.000Z",
         *           "requests": 3,
         *           "cost": 3,
         *           "bytesIn": 600,
         *           "bytesOut": 1500
         *         }
         *       ]
         *     }
         */
        UsageSeries: {
            group: components["schemas"]["UsageGroup"];
            /** @description One for each bucket, oldest first. */
            points: components["schemas"]["UsagePoint"][];
            latencyMs?: components["schemas"]["Latency"];
        };
        /**
         * @description What was counted in one bucket.
         * @example {
         *       "at": "2026-11-24T12:00:00.000Z",
         *       "requests": 3,
         *       "cost": 3,
         *       "bytesIn": 600,
         *       "bytesOut": 1500
         *     }
         */
        UsagePoint: {
            /** @description Where the bucket begins. */
            at: components["schemas"]["Timestamp"];
            /**
             * Format: int64
             * @description So many answers.
             * @example 3
             */
            requests: number;
            /**
             * Format: int64
             * @description So many units of limits and quotas.
             * @example 3
             */
            cost: number;
            /**
             * Format: int64
             * @description So many bytes came, heads included.
             * @example 600
             */
            bytesIn: number;
            /**
             * Format: int64
             * @description So many bytes went, heads included.
             * @example 1500
             */
            bytesOut: number;
        };
        /**
         * @description How long answers took, within two percent. Only where `groupBy` is `operation` alone, over whole hours and whoever called.
         * @example {
         *       "p50": 1.2,
         *       "p95": 3.4,
         *       "p99": 9.8
         *     }
         */
        Latency: {
            /**
             * Format: double
             * @description Half of them at most so long.
             * @example 1.2
             */
            p50: number;
            /**
             * Format: double
             * @description 95 of 100 at most so long.
             * @example 3.4
             */
            p95: number;
            /**
             * Format: double
             * @description 99 of 100 at most so long.
             * @example 9.8
             */
            p99: number;
        };
        /**
         * @description A page of keys that somebody should look at.
         * @example {
         *       "items": [],
         *       "nextCursor": null
         *     }
         */
        HygieneList: {
            /** @description The keys, newest first. */
            items: components["schemas"]["KeyHygiene"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        /**
         * @description A key, and what there is to look at.
         * @example {
         *       "key": {
         *         "id": "key_4Tz0ZkX0b1TnVd4sWcYe",
         *         "name": "nightly import",
         *         "client": {
         *           "id": "client_7Qm2ZkX0b1TnVd4sWcYe",
         *           "name": "my-app"
         *         }
         *       },
         *       "findings": [
         *         {
         *           "kind": "never-expires",
         *           "detail": "It works until somebody revokes it.",
         *           "command": "latchkey keys update key_4Tz0ZkX0b1TnVd4sWcYe --expires 90d"
         *         }
         *       ]
         *     }
         */
        KeyHygiene: {
            key: components["schemas"]["KeyRef"];
            /** @description Each with what mends it. */
            findings: components["schemas"]["HygieneFinding"][];
        };
        /**
         * @description Which key it is.
         * @example {
         *       "id": "key_4Tz0ZkX0b1TnVd4sWcYe",
         *       "name": "nightly import",
         *       "client": {
         *         "id": "client_7Qm2ZkX0b1TnVd4sWcYe",
         *         "name": "my-app"
         *       }
         *     }
         */
        KeyRef: {
            id: components["schemas"]["KeyId"];
            name: components["schemas"]["KeyName"];
            client: components["schemas"]["ClientRef"];
        };
        /**
         * @description Something about a key that somebody should look at.
         * @example {
         *       "kind": "never-expires",
         *       "detail": "It works until somebody revokes it.",
         *       "command": "latchkey keys update key_4Tz0ZkX0b1TnVd4sWcYe --expires 90d"
         *     }
         */
        HygieneFinding: {
            /**
             * @description What it is.
             * @example never-expires
             * @enum {string}
             */
            kind: "never-expires" | "idle" | "expiring" | "unused-scopes" | "no-plan";
            /**
             * @description What is the matter, in a sentence.
             * @example It works until somebody revokes it.
             */
            detail: string;
            /**
             * @description The command that mends it.
             * @example latchkey keys update key_4Tz0ZkX0b1TnVd4sWcYe --expires 90d
             */
            command: string;
        };
        /**
         * @description What a key was used for.
         * @example {
         *       "items": [
         *         {
         *           "operation": "getData",
         *           "network": "192.0.2.1",
         *           "lastUsedAt": "2026-11-24T12:00:00.000Z",
         *           "requests": 3
         *         }
         *       ]
         *     }
         */
        KeyUses: {
            /** @description The latest first. */
            items: components["schemas"]["KeyUse"][];
        };
        /**
         * @description One operation, from one network.
         * @example {
         *       "operation": "getData",
         *       "network": "192.0.2.1",
         *       "lastUsedAt": "2026-11-24T12:00:00.000Z",
         *       "requests": 3
         *     }
         */
        KeyUse: {
            /**
             * @description The operationId; empty where the key was shown elsewhere.
             * @example getData
             */
            operation: string;
            /**
             * @description An IPv4 address, or the /64 of an IPv6 address.
             * @example 192.0.2.1
             */
            network: string;
            lastUsedAt: components["schemas"]["Timestamp"];
            /**
             * Format: int64
             * @description So many answers.
             * @example 3
             */
            requests: number;
        };
        /**
         * @description Why a request was refused.
         * @example {
         *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe",
         *       "at": "2026-11-24T12:00:00.000Z",
         *       "status": 403,
         *       "code": "scope-missing",
         *       "detail": "This key lacks the scope secret:read; ask for a key that has it.",
         *       "check": "authorize",
         *       "method": "GET",
         *       "operation": "getSecretData",
         *       "line": 95,
         *       "clientId": "client_7Qm2ZkX0b1TnVd4sWcYe",
         *       "keyId": "key_4Tz0ZkX0b1TnVd4sWcYe",
         *       "address": "192.0.2.1"
         *     }
         */
        Decision: {
            requestId: components["schemas"]["RequestId"];
            at: components["schemas"]["Timestamp"];
            /**
             * Format: int32
             * @description The HTTP status of the answer.
             * @example 403
             */
            status: number;
            code: components["schemas"]["ProblemCode"];
            /**
             * @description What the caller was told.
             * @example This key lacks the scope secret:read; ask for a key that has it.
             */
            detail: string;
            /**
             * @description The step that refused it.
             * @example authorize
             * @enum {string}
             */
            check: "message" | "match" | "identify" | "authorize" | "limit" | "body" | "validate" | "handle" | "upstream";
            /**
             * @description The method of the request.
             * @example GET
             */
            method: string;
            /**
             * @description The operationId; empty where the request means none.
             * @example getSecretData
             */
            operation: string;
            /**
             * Format: int32
             * @description What of the contract's file asked for it; 0 without an operation.
             * @example 95
             */
            line: number;
            /**
             * @description Whose key it was; empty for a stranger.
             * @example client_7Qm2ZkX0b1TnVd4sWcYe
             */
            clientId: string;
            /**
             * @description Which key it was; empty for a stranger.
             * @example key_4Tz0ZkX0b1TnVd4sWcYe
             */
            keyId: string;
            /**
             * @description From where the request came.
             * @example 192.0.2.1
             */
            address: string;
        };
        /**
         * @description A line of names, then one line for each point (RFC 4180). What a spreadsheet would run is made plain text.
         * @example at,operation,requests,cost,bytesIn,bytesOut
         */
        UsageCsv: string;
        /**
         * @description A limit of yours, and where it stands.
         * @example {
         *       "name": "perClient",
         *       "per": "client",
         *       "requests": 6000,
         *       "windowSeconds": 60,
         *       "burst": 1000,
         *       "remaining": 999,
         *       "resetSeconds": 1
         *     }
         */
        LimitStanding: {
            /** @description The name of the limit. */
            name: components["schemas"]["PlanName"];
            /**
             * @description Whether the keys of a client are counted together, or each by itself.
             * @example client
             * @enum {string}
             */
            per: "client" | "key";
            /**
             * Format: int32
             * @description So many in each window in the long run.
             * @example 6000
             */
            requests: number;
            /**
             * Format: int32
             * @description The window.
             * @example 60
             */
            windowSeconds: number;
            /**
             * Format: int32
             * @description So many at once.
             * @example 1000
             */
            burst: number;
            /**
             * Format: int32
             * @description So many can be taken now.
             * @example 999
             */
            remaining: number;
            /**
             * Format: int32
             * @description In so many seconds there will be more.
             * @example 1
             */
            resetSeconds: number;
        };
        /**
         * @description A quota of yours, and where it stands.
         * @example {
         *       "name": "monthly",
         *       "requests": 10000,
         *       "period": "month",
         *       "enforcement": "hard",
         *       "used": 1,
         *       "remaining": 9999,
         *       "endsAt": "2026-12-01T00:00:00.000Z"
         *     }
         */
        QuotaStanding: {
            /** @description The name of the quota. */
            name: components["schemas"]["PlanName"];
            /**
             * Format: int32
             * @description So many in each period.
             * @example 10000
             */
            requests: number;
            /**
             * @description A day or a month of the calendar, in UTC.
             * @example month
             * @enum {string}
             */
            period: "day" | "month";
            /**
             * @description Past it, `hard` refuses, and `soft` says so in a header.
             * @example hard
             * @enum {string}
             */
            enforcement: "hard" | "soft";
            /**
             * Format: int64
             * @description So many were used in this period.
             * @example 1
             */
            used: number;
            /**
             * Format: int32
             * @description So many are left.
             * @example 9999
             */
            remaining: number;
            /** @description When the period ends. */
            endsAt: components["schemas"]["Timestamp"];
        };
        /**
         * @description What is needed to register a client.
         * @example {
         *       "name": "my-app",
         *       "metadata": {
         *         "team": "blue"
         *       }
         *     }
         */
        ClientRegistration: {
            name: components["schemas"]["ClientName"];
            /** @description How often it may call; left out, the default plan. */
            plan?: components["schemas"]["PlanName"];
            metadata?: components["schemas"]["Metadata"];
        };
        /**
         * @description What is to be different about a client; what is left out stays.
         * @example {
         *       "name": "my-app-two"
         *     }
         */
        ClientUpdate: {
            name?: components["schemas"]["ClientName"];
            /** @description How often it may call; with null, what the default plan says. */
            plan?: components["schemas"]["OptionalPlanName"];
            limits?: components["schemas"]["LimitOverride"];
            /** @description Takes the place of all notes there were. */
            metadata?: components["schemas"]["Metadata"];
        };
        /**
         * @description Whether the keys of the client are accepted (`active`), or all of them refused for now.
         * @example active
         * @enum {string}
         */
        ClientState: "active" | "disabled";
        /**
         * @description How all keys of a client are revoked.
         * @example {
         *       "reason": "contract ended"
         *     }
         */
        ClientRevocation: {
            reason?: components["schemas"]["RevocationReason"];
        };
        /**
         * @description What became of the keys of a client.
         * @example {
         *       "client": {
         *         "id": "client_7Qm2ZkX0b1TnVd4sWcYe",
         *         "name": "my-app"
         *       },
         *       "revoked": 3
         *     }
         */
        RevokedKeys: {
            client: components["schemas"]["ClientRef"];
            /**
             * Format: int32
             * @description How many keys were revoked that had not been before.
             * @example 3
             */
            revoked: number;
        };
        /**
         * @description Part of a name, at least three characters.
         * @example import
         */
        SearchText: string;
        /**
         * @description The last four characters of a secret, to tell keys apart.
         * @example x7Qa
         */
        LastFour: string;
        /**
         * @description Whoever holds keys, an application, a team, a customer.
         * @example {
         *       "id": "client_7Qm2ZkX0b1TnVd4sWcYe",
         *       "name": "my-app",
         *       "plan": "free",
         *       "limits": null,
         *       "metadata": {
         *         "team": "blue"
         *       },
         *       "createdAt": "2026-11-24T12:00:00.000Z",
         *       "disabledAt": null
         *     }
         */
        RegisteredClient: {
            id: components["schemas"]["ClientId"];
            name: components["schemas"]["ClientName"];
            plan: components["schemas"]["OptionalPlanName"];
            limits: components["schemas"]["LimitOverride"];
            metadata: components["schemas"]["Metadata"];
            createdAt: components["schemas"]["Timestamp"];
            /** @description Since when the client is paused, or null. */
            disabledAt: components["schemas"]["OptionalTimestamp"];
        };
        /**
         * @description A page of clients, newest first.
         * @example {
         *       "items": [
         *         {
         *           "id": "client_7Qm2ZkX0b1TnVd4sWcYe",
         *           "name": "my-app",
         *           "plan": null,
         *           "limits": null,
         *           "metadata": {},
         *           "createdAt": "2026-11-24T12:00:00.000Z",
         *           "disabledAt": null
         *         }
         *       ],
         *       "nextCursor": null
         *     }
         */
        ClientList: {
            /** @description The clients of this page. */
            items: components["schemas"]["RegisteredClient"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        /**
         * @description The `cursor` of the next page, or null on the last.
         * @example azE3
         * @example null
         */
        NextCursor: string | null;
        /**
         * @description What is needed to issue a key.
         * @example {
         *       "clientId": "my-app",
         *       "name": "nightly import",
         *       "scopes": [
         *         "data:read"
         *       ],
         *       "environment": "live",
         *       "expiresAt": "2027-01-31T12:00:00.000Z"
         *     }
         */
        NewKey: {
            clientId: components["schemas"]["ClientIdOrName"];
            name: components["schemas"]["KeyName"];
            /** @description What the key may do; grant as little as will do. */
            scopes: components["schemas"]["Scope"][];
            /** @default live */
            environment: components["schemas"]["Environment"];
            /** @description When the key stops being valid; it must lie ahead. Left out */
            expiresAt?: components["schemas"]["Timestamp"];
            allowedIps?: components["schemas"]["NetworkList"];
            /**
             * @description Whether the key may rotate itself.
             * @default false
             * @example false
             */
            selfRotation: boolean;
            metadata?: components["schemas"]["Metadata"];
        };
        /**
         * @description What is to be different about a key; what is left out stays.
         * @example {
         *       "scopes": [
         *         "data:read"
         *       ],
         *       "expiresAt": "2027-01-31T12:00:00.000Z"
         *     }
         */
        KeyUpdate: {
            name?: components["schemas"]["KeyName"];
            /** @description What the key may do, all of it. */
            scopes?: components["schemas"]["Scope"][];
            /** @description When the key stops being valid; it must lie ahead. With null the key does not expire. */
            expiresAt?: components["schemas"]["OptionalTimestamp"];
            allowedIps?: components["schemas"]["NetworkList"];
            /**
             * @description Whether the key may rotate itself.
             * @example false
             */
            selfRotation?: boolean;
            limits?: components["schemas"]["LimitOverride"];
            /** @description Takes the place of all notes there were. */
            metadata?: components["schemas"]["Metadata"];
        };
        /**
         * @description A key, without its secret.
         * @example {
         *       "id": "key_4Tz0ZkX0b1TnVd4sWcYe",
         *       "client": {
         *         "id": "client_7Qm2ZkX0b1TnVd4sWcYe",
         *         "name": "my-app"
         *       },
         *       "name": "nightly import",
         *       "environment": "live",
         *       "scopes": [
         *         "data:read"
         *       ],
         *       "state": "active",
         *       "lastFour": "x7Qa",
         *       "createdAt": "2026-11-24T12:00:00.000Z",
         *       "expiresAt": null,
         *       "disabledAt": null,
         *       "revokedAt": null,
         *       "revocationReason": null,
         *       "successorId": null,
         *       "overlapEndsAt": null,
         *       "selfRotation": false,
         *       "allowedIps": [],
         *       "limits": null,
         *       "metadata": {}
         *     }
         */
        Key: {
            id: components["schemas"]["KeyId"];
            client: components["schemas"]["ClientRef"];
            name: components["schemas"]["KeyName"];
            environment: components["schemas"]["Environment"];
            /** @description What the key may do. */
            scopes: components["schemas"]["Scope"][];
            state: components["schemas"]["KeyState"];
            lastFour: components["schemas"]["LastFour"];
            createdAt: components["schemas"]["Timestamp"];
            /** @description When the key stops being valid, or null if it does not expire. */
            expiresAt: components["schemas"]["OptionalTimestamp"];
            /** @description Since when the key is paused, or null. */
            disabledAt: components["schemas"]["OptionalTimestamp"];
            /** @description When the key was revoked, or null. */
            revokedAt: components["schemas"]["OptionalTimestamp"];
            /**
             * @description Why the key was revoked, if anyone said.
             * @example leaked in a build log
             */
            revocationReason: string | null;
            successorId: components["schemas"]["OptionalKeyId"];
            /** @description Until when a superseded key goes on working, or null. */
            overlapEndsAt: components["schemas"]["OptionalTimestamp"];
            /**
             * @description Whether the key may rotate itself.
             * @example false
             */
            selfRotation: boolean;
            allowedIps: components["schemas"]["NetworkList"];
            limits: components["schemas"]["LimitOverride"];
            metadata: components["schemas"]["Metadata"];
        };
        /**
         * Format: date-time
         * @description An instant in UTC (RFC 3339), or null.
         * @example 2027-01-31T12:00:00.000Z
         * @example null
         */
        OptionalTimestamp: string | null;
        /**
         * @description A page of keys, newest first.
         * @example {
         *       "items": [
         *         {
         *           "id": "key_4Tz0ZkX0b1TnVd4sWcYe",
         *           "client": {
         *             "id": "client_7Qm2ZkX0b1TnVd4sWcYe",
         *             "name": "my-app"
         *           },
         *           "name": "nightly import",
         *           "environment": "live",
         *           "scopes": [
         *             "data:read"
         *           ],
         *           "state": "active",
         *           "lastFour": "x7Qa",
         *           "createdAt": "2026-11-24T12:00:00.000Z",
         *           "expiresAt": null,
         *           "disabledAt": null,
         *           "revokedAt": null,
         *           "revocationReason": null,
         *           "successorId": null,
         *           "overlapEndsAt": null,
         *           "selfRotation": false,
         *           "allowedIps": [],
         *           "limits": null,
         *           "metadata": {}
         *         }
         *       ],
         *       "nextCursor": "azE3"
         *     }
         */
        KeyList: {
            /** @description The keys of this page. */
            items: components["schemas"]["Key"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        /**
         * @description A new key together with its secret.
         * @example {
         *       "key": {
         *         "id": "key_4Tz0ZkX0b1TnVd4sWcYe",
         *         "client": {
         *           "id": "client_7Qm2ZkX0b1TnVd4sWcYe",
         *           "name": "my-app"
         *         },
         *         "name": "nightly import",
         *         "environment": "live",
         *         "scopes": [
         *           "data:read"
         *         ],
         *         "state": "active",
         *         "lastFour": "x7Qa",
         *         "createdAt": "2026-11-24T12:00:00.000Z",
         *         "expiresAt": null,
         *         "disabledAt": null,
         *         "revokedAt": null,
         *         "revocationReason": null,
         *         "successorId": null,
         *         "overlapEndsAt": null,
         *         "selfRotation": false,
         *         "allowedIps": [],
         *         "limits": null,
         *         "metadata": {}
         *       },
         *       "secret": "lk_live_EXAMPLEexampleEXAMPLEexample0000000000"
         *     }
         */
        IssuedKey: {
            key: components["schemas"]["Key"];
            secret: components["schemas"]["KeySecret"];
        };
        /**
         * @description What a key may know about itself.
         * @example {
         *       "id": "key_4Tz0ZkX0b1TnVd4sWcYe",
         *       "client": {
         *         "id": "client_7Qm2ZkX0b1TnVd4sWcYe",
         *         "name": "my-app"
         *       },
         *       "name": "nightly import",
         *       "environment": "live",
         *       "scopes": [
         *         "data:read"
         *       ],
         *       "state": "active",
         *       "createdAt": "2026-11-24T12:00:00.000Z",
         *       "expiresAt": null,
         *       "successorId": null,
         *       "overlapEndsAt": null,
         *       "selfRotation": false,
         *       "allowedIps": [],
         *       "plan": "standard",
         *       "limits": [
         *         {
         *           "name": "perClient",
         *           "per": "client",
         *           "requests": 6000,
         *           "windowSeconds": 60,
         *           "burst": 1000,
         *           "remaining": 999,
         *           "resetSeconds": 1
         *         }
         *       ],
         *       "quotas": [
         *         {
         *           "name": "monthly",
         *           "requests": 10000,
         *           "period": "month",
         *           "enforcement": "hard",
         *           "used": 1,
         *           "remaining": 9999,
         *           "endsAt": "2026-12-01T00:00:00.000Z"
         *         }
         *       ]
         *     }
         */
        PresentedKey: {
            id: components["schemas"]["KeyId"];
            client: components["schemas"]["ClientRef"];
            name: components["schemas"]["KeyName"];
            environment: components["schemas"]["Environment"];
            /** @description What the key may do. */
            scopes: components["schemas"]["Scope"][];
            state: components["schemas"]["KeyState"];
            createdAt: components["schemas"]["Timestamp"];
            /** @description When the key stops being valid, or null if it does not expire. */
            expiresAt: components["schemas"]["OptionalTimestamp"];
            successorId: components["schemas"]["OptionalKeyId"];
            /** @description Until when this key goes on working beside its successor, or null. */
            overlapEndsAt: components["schemas"]["OptionalTimestamp"];
            /**
             * @description Whether the key may rotate itself.
             * @example false
             */
            selfRotation: boolean;
            allowedIps: components["schemas"]["NetworkList"];
            /** @description The plan that counts for the client. */
            plan: components["schemas"]["PlanName"];
            /** @description How often the key may call, and where that stands. Empty where nothing limits it. */
            limits: components["schemas"]["LimitStanding"][];
            /** @description How much the client may call, by all of its keys together, and where that stands. */
            quotas: components["schemas"]["QuotaStanding"][];
        };
        /**
         * @description The id of the key that was issued in place of this one, or null.
         * @example key_9Pw3ZkX0b1TnVd4sWcYe
         * @example null
         */
        OptionalKeyId: string | null;
        /**
         * @description A CIDR range of IPv4 or IPv6, or a single address.
         * @example 203.0.113.0/24
         */
        Network: string;
        /**
         * @description From where the key may be used; empty means from anywhere.
         * @example [
         *       "203.0.113.0/24",
         *       "2001:db8::/32"
         *     ]
         */
        NetworkList: components["schemas"]["Network"][];
        /**
         * @description How a key is rotated.
         * @example {
         *       "overlapSeconds": 7200
         *     }
         */
        Rotation: {
            /**
             * Format: int32
             * @description How long the old key goes on working; 0 ends it at once.
             * @default 86400
             * @example 86400
             */
            overlapSeconds: number;
            /**
             * Format: int32
             * @description It ends before that when nobody has used the old key for so long; left out, it does not.
             * @example 3600
             */
            endWhenSilentSeconds?: number;
        };
        /**
         * @description A key that somebody presented, and for what.
         * @example {
         *       "secret": "lk_live_EXAMPLEexampleEXAMPLEexample0000000000",
         *       "scopes": [
         *         "data:read"
         *       ]
         *     }
         */
        Verification: {
            /**
             * @description The text that was presented as a key, whatever it is.
             * @example lk_live_EXAMPLEexampleEXAMPLEexample0000000000
             */
            secret: string;
            /** @description What the key must be good for; left out, any valid key will do. */
            scopes?: components["schemas"]["Scope"][];
            /**
             * @description From where the key was presented, if that is to count: IPv4 or IPv6.
             * @example 203.0.113.7
             */
            address?: string;
        };
        /**
         * @description Whether a key is valid, and what it is.
         * @example {
         *       "valid": true,
         *       "code": "valid",
         *       "key": {
         *         "id": "key_4Tz0ZkX0b1TnVd4sWcYe",
         *         "client": {
         *           "id": "client_7Qm2ZkX0b1TnVd4sWcYe",
         *           "name": "my-app"
         *         },
         *         "name": "nightly import",
         *         "environment": "live",
         *         "scopes": [
         *           "data:read"
         *         ],
         *         "state": "active",
         *         "lastFour": "x7Qa",
         *         "createdAt": "2026-11-24T12:00:00.000Z",
         *         "expiresAt": null,
         *         "disabledAt": null,
         *         "revokedAt": null,
         *         "revocationReason": null,
         *         "successorId": null,
         *         "overlapEndsAt": null,
         *         "selfRotation": false,
         *         "allowedIps": [],
         *         "limits": null,
         *         "metadata": {}
         *       }
         *     }
         */
        Verdict: {
            /**
             * @description Whether the key may be used, for these scopes, from that address.
             * @example true
             */
            valid: boolean;
            /**
             * @description `valid`, or the code of the problem that a call with the key would meet.
             * @example valid
             * @enum {string}
             */
            code: "valid" | "key-invalid" | "key-revoked" | "key-expired" | "key-disabled" | "client-disabled" | "environment-refused" | "address-refused" | "scope-missing";
            key?: components["schemas"]["Key"];
        };
        /**
         * @description Why a key was revoked. No control or invisible characters.
         * @example leaked in a build log
         */
        RevocationReason: string;
        /**
         * @description How a key is revoked.
         * @example {
         *       "reason": "leaked in a build log"
         *     }
         */
        Revocation: {
            reason?: components["schemas"]["RevocationReason"];
            /**
             * @description Whether the keys go on working that were issued in place of this one by rotation.
             * @default false
             * @example false
             */
            keepSuccessors: boolean;
        };
        /**
         * @description A kind of deed. Only ever gets more values.
         * @example key.revoked
         * @enum {string}
         */
        AuditAction: "client.registered" | "client.changed" | "client.disabled" | "client.enabled" | "key.issued" | "key.changed" | "key.rotated" | "key.overlap-ended" | "key.disabled" | "key.enabled" | "key.revoked" | "audit.pruned" | "database.restored";
        /**
         * @description SHA-256 of an event, in hex.
         * @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
         */
        AuditHash: string;
        /**
         * @description Who did it.
         * @example {
         *       "kind": "key",
         *       "keyId": "key_4Tz0ZkX0b1TnVd4sWcYe",
         *       "clientId": "client_7Qm2ZkX0b1TnVd4sWcYe"
         *     }
         */
        AuditActor: {
            /**
             * @description Somebody at the machine (`operator`), a key over HTTP (`key`), or the service by itself (`system`).
             * @example key
             * @enum {string}
             */
            kind: "operator" | "key" | "system";
            /**
             * @description The key that did it, or null.
             * @example key_4Tz0ZkX0b1TnVd4sWcYe
             */
            keyId: string | null;
            /**
             * @description The client that held this key, or null.
             * @example client_7Qm2ZkX0b1TnVd4sWcYe
             */
            clientId: string | null;
        };
        /**
         * @description What it was done to.
         * @example {
         *       "kind": "key",
         *       "id": "key_9Wb3ZkX0b1TnVd4sWcYe"
         *     }
         */
        AuditTarget: {
            /**
             * @description A key, a client, the audit log itself, or the whole database.
             * @example key
             * @enum {string}
             */
            kind: "key" | "client" | "audit" | "database";
            /**
             * @description The id of the key or client; for the audit log, the hash of the last event that was pruned; for the database, that of the last event in the one that was replaced.
             * @example key_9Wb3ZkX0b1TnVd4sWcYe
             */
            id: string;
        };
        /**
         * @description More about a deed, in short texts by name. Never a secret.
         * @example {
         *       "reason": "leaked in a build log"
         *     }
         */
        AuditDetails: {
            [key: string]: string;
        };
        /**
         * @description One deed. Its hash is that of everything else in it, as canonical JSON (RFC 8785).
         * @example {
         *       "id": "event_2Lr8ZkX0b1TnVd4sWcYe",
         *       "at": "2026-11-24T12:00:00.000Z",
         *       "action": "key.revoked",
         *       "actor": {
         *         "kind": "key",
         *         "keyId": "key_4Tz0ZkX0b1TnVd4sWcYe",
         *         "clientId": "client_7Qm2ZkX0b1TnVd4sWcYe"
         *       },
         *       "target": {
         *         "kind": "key",
         *         "id": "key_9Wb3ZkX0b1TnVd4sWcYe"
         *       },
         *       "address": "203.0.113.7",
         *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe",
         *       "details": {
         *         "reason": "leaked in a build log"
         *       },
         *       "previousHash": "0000000000000000000000000000000000000000000000000000000000000000",
         *       "hash": "8d58e650a4814b0f03da66b9ea0fac694e80dea95fe12a6d07bb845e984c6b21"
         *     }
         */
        AuditEvent: {
            /**
             * @description The id of the event.
             * @example event_2Lr8ZkX0b1TnVd4sWcYe
             */
            id: string;
            at: components["schemas"]["Timestamp"];
            action: components["schemas"]["AuditAction"];
            actor: components["schemas"]["AuditActor"];
            target: components["schemas"]["AuditTarget"];
            /**
             * @description The IP address that the request came from, or null.
             * @example 203.0.113.7
             */
            address: string | null;
            /**
             * @description The request that asked for it, as in the logs of the service, or null.
             * @example req_5Hq0ZkX0b1TnVd4sWcYe
             */
            requestId: string | null;
            details: components["schemas"]["AuditDetails"];
            /** @description The hash of the event before this one; zeros for the very first. */
            previousHash: components["schemas"]["AuditHash"];
            /** @description The hash of this event. */
            hash: components["schemas"]["AuditHash"];
        };
        /**
         * @description A page of events, newest first.
         * @example {
         *       "items": [
         *         {
         *           "id": "event_2Lr8ZkX0b1TnVd4sWcYe",
         *           "at": "2026-11-24T12:00:00.000Z",
         *           "action": "key.revoked",
         *           "actor": {
         *             "kind": "key",
         *             "keyId": "key_4Tz0ZkX0b1TnVd4sWcYe",
         *             "clientId": "client_7Qm2ZkX0b1TnVd4sWcYe"
         *           },
         *           "target": {
         *             "kind": "key",
         *             "id": "key_9Wb3ZkX0b1TnVd4sWcYe"
         *           },
         *           "address": "203.0.113.7",
         *           "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe",
         *           "details": {
         *             "reason": "leaked in a build log"
         *           },
         *           "previousHash": "0000000000000000000000000000000000000000000000000000000000000000",
         *           "hash": "8d58e650a4814b0f03da66b9ea0fac694e80dea95fe12a6d07bb845e984c6b21"
         *         }
         *       ],
         *       "nextCursor": null
         *     }
         */
        AuditEventList: {
            /** @description The events of this page. */
            items: components["schemas"]["AuditEvent"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        /**
         * @description All is well.
         * @example {
         *       "status": "ok"
         *     }
         */
        HealthReport: {
            /**
             * @description Always `ok`.
             * @example ok
             * @constant
             */
            status: "ok";
        };
        /**
         * @description One thing that is wrong with the request.
         * @example {
         *       "detail": "must be <= 100",
         *       "pointer": "#/query/limit"
         *     }
         */
        InvalidPart: {
            /**
             * @description What is wrong with it, and how to mend it.
             * @example must be <= 100
             */
            detail: string;
            /**
             * @description Where it is, as a JSON pointer: `#/query/limit`, `#/path/keyId`, or within the body `#/name`.
             * @example #/query/limit
             */
            pointer: string;
        };
        /**
         * @description What went wrong (RFC 9457). Every refusal is one of these, whatever the operation.
         * @example {
         *       "type": "/problems/not-found",
         *       "title": "Not found",
         *       "status": 404,
         *       "detail": "There is no key with this id.",
         *       "code": "not-found",
         *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe"
         *     }
         */
        Problem: {
            /**
             * Format: uri-reference
             * @description The page that explains this problem.
             * @example /problems/not-found
             */
            type: string;
            /**
             * @description The kind of problem, in words.
             * @example Not found
             */
            title: string;
            /**
             * Format: int32
             * @description The HTTP status.
             * @example 404
             */
            status: number;
            /**
             * @description This occurrence, and how to mend it.
             * @example There is no key with this id.
             */
            detail: string;
            /**
             * @description The kind of problem, for programs. Stable.
             * @example not-found
             */
            code: string;
            requestId: components["schemas"]["RequestId"];
            /** @description What is wrong with the request, part by part. */
            errors?: components["schemas"]["InvalidPart"][];
            /**
             * @description On every 401, for simple clients: `Unauthorized`, or `Unauthorized access`.
             * @example Unauthorized
             */
            error?: string;
            /** @description On every 429 of a limit or quota: the names of those that refused. */
            "violated-policies"?: components["schemas"]["PlanName"][];
        };
    };
    responses: {
        /** @description The request is not as the contract says; `errors` names what to mend. */
        BadRequest: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/request-invalid",
                 *       "title": "The request does not match the contract",
                 *       "status": 400,
                 *       "detail": "must be <= 100",
                 *       "code": "request-invalid",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe",
                 *       "errors": [
                 *         {
                 *           "detail": "must be <= 100",
                 *           "pointer": "#/query/limit"
                 *         }
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description No key was presented, or it is not valid (any more). */
        Unauthorized: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/key-missing",
                 *       "title": "An API key is needed",
                 *       "status": 401,
                 *       "detail": "Send your API key in the header x-api-key.",
                 *       "code": "key-missing",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe",
                 *       "error": "Unauthorized"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description No key was presented, or it is not valid (any more). */
        UnauthorizedAccess: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/key-missing",
                 *       "title": "An API key is needed",
                 *       "status": 401,
                 *       "detail": "Send your API key in the header x-api-key.",
                 *       "code": "key-missing",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe",
                 *       "error": "Unauthorized access"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The key is valid but may not do this; `detail` names the scope that it lacks. */
        Forbidden: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/scope-missing",
                 *       "title": "This API key lacks a scope",
                 *       "status": 403,
                 *       "detail": "This operation needs the scope secret:read.",
                 *       "code": "scope-missing",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The request may not go on; for nginx, any refusal but 401. */
        NotToGoOn: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                "X-Latchkey-Status": components["headers"]["AskedStatus"];
                "X-Latchkey-Problem": components["headers"]["AskedProblem"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/scope-missing",
                 *       "title": "This API key lacks a scope",
                 *       "status": 403,
                 *       "detail": "This operation needs the scope secret:read.",
                 *       "code": "scope-missing",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The path exists, but not with this method; `Allow` names those that it has. */
        MethodNotAllowed: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                Allow: components["headers"]["Allow"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/method-not-allowed",
                 *       "title": "This method is not allowed here",
                 *       "status": 405,
                 *       "detail": "Use one of GET, HEAD, OPTIONS.",
                 *       "code": "method-not-allowed",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is no such resource. */
        NotFound: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/not-found",
                 *       "title": "Not found",
                 *       "status": 404,
                 *       "detail": "There is no key with this id.",
                 *       "code": "not-found",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description It would clash with something that exists. */
        Conflict: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/client-name-taken",
                 *       "title": "This client name is taken",
                 *       "status": 409,
                 *       "detail": "Another client has this name already; choose another one.",
                 *       "code": "client-name-taken",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description It is not any more what `If-Match` says; look at it again. */
        PreconditionFailed: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/precondition-failed",
                 *       "title": "It was changed meanwhile",
                 *       "status": 412,
                 *       "detail": "It is not what If-Match says any more; get it again, and decide anew.",
                 *       "code": "precondition-failed",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A change has to say what it is based on, with `If-Match`. */
        PreconditionRequired: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/precondition-required",
                 *       "title": "The change does not say what it is based on",
                 *       "status": 428,
                 *       "detail": "Send the ETag of what you looked at in the header If-Match, or If-Match with * to change it whatever it is.",
                 *       "code": "precondition-required",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is larger than this service reads. */
        ContentTooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/content-too-large",
                 *       "title": "The request body is too large",
                 *       "status": 413,
                 *       "detail": "A body may have at most 65536 bytes.",
                 *       "code": "content-too-large",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is of a type, or in an encoding, that this operation does not read. */
        UnsupportedMediaType: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/media-type-unsupported",
                 *       "title": "The media type is not supported",
                 *       "status": 415,
                 *       "detail": "Send the body as application/json.",
                 *       "code": "media-type-unsupported",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A limit or quota is used up; `violated-policies` names it. Nothing was taken from any of them. */
        TooManyRequests: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                "Retry-After": components["headers"]["RetryAfter"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/rate-limited",
                 *       "title": "You are calling too often",
                 *       "status": 429,
                 *       "detail": "The limit perClient is used up; try again in 1 second.",
                 *       "code": "rate-limited",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe",
                 *       "violated-policies": [
                 *         "perClient"
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The service failed; the cause is in its log, under `requestId`. */
        InternalError: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/internal-error",
                 *       "title": "Something went wrong on our side",
                 *       "status": 500,
                 *       "detail": "The cause is in the service's log under this request id.",
                 *       "code": "internal-error",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The service cannot decide or serve this right now; try again later. */
        Unavailable: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/unavailable",
                 *       "title": "Temporarily unavailable",
                 *       "status": 503,
                 *       "detail": "The service cannot answer this right now; try again in a moment.",
                 *       "code": "unavailable",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Anything else that HTTP can refuse, such as headers that are too large (431). */
        AnyProblem: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /**
         * @description How many items a page holds at most.
         * @example 20
         */
        PageLimit: number;
        /** @description Where to go on, the `nextCursor` of the page before. */
        PageCursor: components["schemas"]["Cursor"];
        /** @description The client's id, or its name. */
        ClientInPath: components["schemas"]["ClientIdOrName"];
        /** @description The key's public id; not its secret. */
        KeyInPath: components["schemas"]["KeyId"];
        /**
         * @description The `ETag` of what you looked at, with its quotes, or `*`. Left out, the answer is 428 (RFC 6585, section 3).
         * @example "3pXKb0mB0gG8uJq2d1wTzQ"
         */
        IfMatch: string;
    };
    requestBodies: never;
    headers: {
        /** @description The operation of the contract that the request means. */
        AskedOperation: string;
        /** @description The id of the client that holds the key; empty without a key. */
        AskedClient: string;
        /** @description The id of the key; empty without one. */
        AskedKey: string;
        /** @description What the key may do, with blanks between; empty without a key. */
        AskedScopes: string;
        /** @description Whether it is a live or a test key; empty without one. */
        AskedEnvironment: string;
        /** @description For nginx: the status that the caller is to get. */
        AskedStatus: number;
        /** @description For nginx: the problem document that the caller is to get, as JSON in ASCII. */
        AskedProblem: string;
        /** @description The methods of this path. */
        Allow: string;
        /** @description The id of this request, the same as in the service's logs. */
        RequestId: components["schemas"]["RequestId"];
        /** @description Where the created resource is. */
        Location: string;
        /** @description The challenge of RFC 9110, section 11.6.1. */
        WwwAuthenticate: string;
        /** @description Seconds to wait before trying again. */
        RetryAfter: number;
        /**
         * @description Where each limit and quota of yours stands after this request: how many units remain (`r`), and in how many
         *     seconds there will be more (`t`). A Structured Field (RFC 9651), as in draft-ietf-httpapi-ratelimit-headers.
         *     Left out where nothing limits you.
         */
        RateLimit: string;
        /**
         * @description The limits and quotas that apply to this request: how many units (`q`) in how many seconds (`w`), and for limits
         *     how many at once (`latchkey-burst`).
         */
        RateLimitPolicy: string;
        /** @description What a change of this has to send in `If-Match`; another one whenever anything about it is different. */
        ETag: string;
        /** @description On answers to a key that was rotated, until when it goes on working beside its successor. */
        KeyEndsAt: components["schemas"]["Timestamp"];
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getData: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The data. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Access granted",
                     *       "data": [
                     *         1,
                     *         2,
                     *         3
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["DataSet"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getInfo: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The info text. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example Info data */
                    "text/plain": components["schemas"]["InfoText"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getSecretData: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The secret data. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Welcome! Here is your secret data.",
                     *       "data": [
                     *         10,
                     *         20,
                     *         30
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["DataSet"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["UnauthorizedAccess"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getOwnKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The presented key. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PresentedKey"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    rotateOwnKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description How long the old key goes on working. */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Rotation"];
            };
        };
        responses: {
            /** @description The new key. Keep the secret, it is not shown again. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedKey"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getOwnUsage: {
        parameters: {
            query?: {
                /** @description From when on (RFC 3339); left out, a day before `to`. The whole bucket that it lies in is counted. */
                from?: components["schemas"]["TimestampText"];
                /** @description Until when, this instant not included (RFC 3339); left out, now. */
                to?: components["schemas"]["TimestampText"];
                /**
                 * @description How long each point is. Minutes, hours and days are kept for different times.
                 * @example hour
                 */
                bucket?: components["schemas"]["UsageBucket"];
                /**
                 * @description One series for each of these; left out, one for everything.
                 * @example [
                 *       "operation"
                 *     ]
                 */
                groupBy?: components["schemas"]["OwnUsageGrouping"][];
                /**
                 * @description `csv` is the same as the header `Accept: text/csv`.
                 * @example json
                 */
                format?: components["schemas"]["UsageFormat"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was counted. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageReport"];
                    "text/csv": components["schemas"]["UsageCsv"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listClients: {
        parameters: {
            query?: {
                /**
                 * @description How many items a page holds at most.
                 * @example 20
                 */
                limit?: components["parameters"]["PageLimit"];
                /** @description Where to go on, the `nextCursor` of the page before. */
                cursor?: components["parameters"]["PageCursor"];
                /** @description Only clients in this state. */
                state?: components["schemas"]["ClientState"];
                /** @description Only clients whose name contains this, in upper or lower case. */
                text?: components["schemas"]["SearchText"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of clients. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    createClient: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The client to register. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClientRegistration"];
            };
        };
        responses: {
            /** @description The client was registered. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegisteredClient"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The client's id, or its name. */
                clientId: components["parameters"]["ClientInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The client. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegisteredClient"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    updateClient: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` of what you looked at, with its quotes, or `*`. Left out, the answer is 428 (RFC 6585, section 3).
                 * @example "3pXKb0mB0gG8uJq2d1wTzQ"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The client's id, or its name. */
                clientId: components["parameters"]["ClientInPath"];
            };
            cookie?: never;
        };
        /** @description What is to be different. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClientUpdate"];
            };
        };
        responses: {
            /** @description The client as it is now. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegisteredClient"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    disableClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The client's id, or its name. */
                clientId: components["parameters"]["ClientInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The paused client. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegisteredClient"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    enableClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The client's id, or its name. */
                clientId: components["parameters"]["ClientInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The client. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegisteredClient"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    revokeClientKeys: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The client's id, or its name. */
                clientId: components["parameters"]["ClientInPath"];
            };
            cookie?: never;
        };
        /** @description Why, for those who look at the keys later. */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ClientRevocation"];
            };
        };
        responses: {
            /** @description How many keys were revoked by this. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevokedKeys"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listKeys: {
        parameters: {
            query?: {
                /**
                 * @description How many items a page holds at most.
                 * @example 20
                 */
                limit?: components["parameters"]["PageLimit"];
                /** @description Where to go on, the `nextCursor` of the page before. */
                cursor?: components["parameters"]["PageCursor"];
                /** @description Only keys of this client, its id or its name. */
                clientId?: components["schemas"]["ClientIdOrName"];
                /** @description Only keys in this state. */
                state?: components["schemas"]["KeyState"];
                /** @description Only keys of this environment. */
                environment?: components["schemas"]["Environment"];
                /** @description Only keys that have this scope. */
                scope?: components["schemas"]["Scope"];
                /** @description Only keys whose secret ends in these four characters. */
                lastFour?: components["schemas"]["LastFour"];
                /** @description Only keys whose name contains this, in upper or lower case. */
                text?: components["schemas"]["SearchText"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of keys. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The key to issue. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewKey"];
            };
        };
        responses: {
            /** @description The key was issued. Keep the secret, it is not shown again. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedKey"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    verifyKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The key that was presented, and for what. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["Verification"];
            };
        };
        responses: {
            /** @description The verdict. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Verdict"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listKeyHygiene: {
        parameters: {
            query?: {
                /**
                 * @description How many items a page holds at most.
                 * @example 20
                 */
                limit?: components["parameters"]["PageLimit"];
                /** @description Where to go on, the `nextCursor` of the page before. */
                cursor?: components["parameters"]["PageCursor"];
                /** @description Only keys of this client, by its id or its name. */
                clientId?: components["schemas"]["ClientIdOrName"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of findings. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HygieneList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The key's public id; not its secret. */
                keyId: components["parameters"]["KeyInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Key"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    updateKey: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `ETag` of what you looked at, with its quotes, or `*`. Left out, the answer is 428 (RFC 6585, section 3).
                 * @example "3pXKb0mB0gG8uJq2d1wTzQ"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The key's public id; not its secret. */
                keyId: components["parameters"]["KeyInPath"];
            };
            cookie?: never;
        };
        /** @description What is to be different. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyUpdate"];
            };
        };
        responses: {
            /** @description The key as it is now. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Key"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    revokeKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The key's public id; not its secret. */
                keyId: components["parameters"]["KeyInPath"];
            };
            cookie?: never;
        };
        /** @description Why, for those who look at the key later. */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Revocation"];
            };
        };
        responses: {
            /** @description The revoked key. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Key"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    rotateKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The key's public id; not its secret. */
                keyId: components["parameters"]["KeyInPath"];
            };
            cookie?: never;
        };
        /** @description How long the old key goes on working. */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Rotation"];
            };
        };
        responses: {
            /** @description The new key. Keep the secret, it is not shown again. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedKey"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["ContentTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    disableKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The key's public id; not its secret. */
                keyId: components["parameters"]["KeyInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The paused key. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Key"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    enableKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The key's public id; not its secret. */
                keyId: components["parameters"]["KeyInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Key"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getUsage: {
        parameters: {
            query?: {
                /** @description From when on (RFC 3339); left out, a day before `to`. The whole bucket that it lies in is counted. */
                from?: components["schemas"]["TimestampText"];
                /** @description Until when, this instant not included (RFC 3339); left out, now. */
                to?: components["schemas"]["TimestampText"];
                /**
                 * @description How long each point is. Minutes, hours and days are kept for different times.
                 * @example hour
                 */
                bucket?: components["schemas"]["UsageBucket"];
                /**
                 * @description One series for each of these; left out, one for everything.
                 * @example [
                 *       "operation"
                 *     ]
                 */
                groupBy?: components["schemas"]["UsageGrouping"][];
                /** @description Only calls by this client, by its id or its name. */
                clientId?: components["schemas"]["ClientIdOrName"];
                /** @description Only calls with this key. */
                keyId?: components["schemas"]["KeyId"];
                /** @description Only calls of this operation, by its operationId. */
                operation?: components["schemas"]["OperationName"];
                /** @description Only calls with keys of this environment. */
                environment?: components["schemas"]["Environment"];
                /** @description Only answers with this problem, by its `code`. */
                code?: components["schemas"]["ProblemCode"];
                /**
                 * @description `csv` is the same as the header `Accept: text/csv`.
                 * @example json
                 */
                format?: components["schemas"]["UsageFormat"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was counted. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageReport"];
                    "text/csv": components["schemas"]["UsageCsv"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listKeyUses: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The key's public id; not its secret. */
                keyId: components["parameters"]["KeyInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The uses. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyUses"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getDecision: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The `requestId` of the problem, or the header `X-Request-Id`. */
                requestId: components["schemas"]["RequestId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The decision. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Decision"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    listAuditEvents: {
        parameters: {
            query?: {
                /**
                 * @description How many items a page holds at most.
                 * @example 20
                 */
                limit?: components["parameters"]["PageLimit"];
                /** @description Where to go on, the `nextCursor` of the page before. */
                cursor?: components["parameters"]["PageCursor"];
                /** @description Only deeds of this kind. */
                action?: components["schemas"]["AuditAction"];
                /** @description Only what keys of this client did, and what was done to it or its keys. */
                clientId?: components["schemas"]["ClientId"];
                /** @description Only what this key did, and what was done to it. */
                keyId?: components["schemas"]["KeyId"];
                /** @description Only what happened at this instant or later. */
                from?: components["schemas"]["TimestampText"];
                /** @description Only what happened before this instant. */
                to?: components["schemas"]["TimestampText"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditEventList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is alive. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthReport"];
                };
            };
            400: components["responses"]["BadRequest"];
            500: components["responses"]["InternalError"];
            default: components["responses"]["AnyProblem"];
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is ready. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthReport"];
                };
            };
            400: components["responses"]["BadRequest"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
    authorizeRequest: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description nginx: the method.
                 * @example GET
                 */
                "X-Original-Method"?: string;
                /**
                 * @description nginx: path and query.
                 * @example /data
                 */
                "X-Original-URI"?: string;
                /**
                 * @description Caddy and Traefik: the method.
                 * @example GET
                 */
                "X-Forwarded-Method"?: string;
                /**
                 * @description Caddy and Traefik: path and query.
                 * @example /data
                 */
                "X-Forwarded-Uri"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It may. The headers say whose it is; for public operations they are empty. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Latchkey-Operation": components["headers"]["AskedOperation"];
                    "X-Latchkey-Client": components["headers"]["AskedClient"];
                    "X-Latchkey-Key": components["headers"]["AskedKey"];
                    "X-Latchkey-Scopes": components["headers"]["AskedScopes"];
                    "X-Latchkey-Environment": components["headers"]["AskedEnvironment"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["NotToGoOn"];
            404: components["responses"]["NotFound"];
            405: components["responses"]["MethodNotAllowed"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["AnyProblem"];
        };
    };
}

/** Every operation of the contract. */
export type OperationId = keyof operations;

/** The operations that answer without a key (`security: []`). */
export type PublicOperationId = "getHealth" | "getReadiness" | "authorizeRequest";

/** The parameters that the validator fills in where a request leaves them out. */
export type DefaultedParameters = {
  getData: never;
  getInfo: never;
  getSecretData: never;
  getOwnKey: never;
  rotateOwnKey: never;
  getOwnUsage: "bucket";
  listClients: "limit";
  createClient: never;
  getClient: never;
  updateClient: never;
  disableClient: never;
  enableClient: never;
  revokeClientKeys: never;
  listKeys: "limit";
  createKey: never;
  verifyKey: never;
  listKeyHygiene: "limit";
  getKey: never;
  updateKey: never;
  revokeKey: never;
  rotateKey: never;
  disableKey: never;
  enableKey: never;
  getUsage: "bucket";
  listKeyUses: never;
  getDecision: never;
  listAuditEvents: "limit";
  getHealth: never;
  getReadiness: never;
  authorizeRequest: never;
};
