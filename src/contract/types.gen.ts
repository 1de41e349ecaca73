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
         * Get the data
         * @description The data that any key with the scope `data:read` can read.
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
         * Get the info text, with the key in the URL (less secure)
         * @description **Less secure.** This operation takes the key as the query parameter `api_key`, for clients that cannot set a
         *     header. URLs end up in browser histories, proxies and logs, so prefer an operation that accepts `x-api-key`.
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
         * Get the secret data
         * @description The data that only keys with the scope `secret:read` can read.
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
         * Get your own key
         * @description The client that holds this key, what the key may do and when it expires. Any valid key can call this.
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
         * Rotate your own key
         * @description Issues a new key with the same permissions to replace the key that you call with. Only for keys that were issued
         *     with `selfRotation`. The old key keeps working until the overlap ends. In a chain of rotated keys at most ten work
         *     at the same time: one more rotation ends the overlap of the oldest.
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
         * Get the usage of your own key
         * @description Counts over time, without gaps. Any valid key can see its own usage. A response has at most 2,000 points; if there
         *     would be more, ask for longer buckets, a shorter time range or fewer groups.
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
         * List clients
         * @description Newest first. Follow `nextCursor` until it is null. Clients that are added while you page through the list neither
         *     cause repeats nor shift the pages. With filters, a page may have fewer items than requested, or even none, although
         *     `nextCursor` points to more.
         */
        get: operations["listClients"];
        put?: never;
        /**
         * Create a client
         * @description A client holds keys. It can be an application, a team or a customer. Its name is unique.
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
         * Get a client
         * @description Finds the client by its id or its name.
         */
        get: operations["getClient"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Update a client
         * @description Updates the fields that are sent and leaves the others unchanged. `If-Match` must be the `ETag` of the version you
         *     read, so that no concurrent change is lost; `If-Match: *` skips this check. A client whose keys have administrative
         *     scopes can be renamed only by a key that has these scopes.
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
         * Disable a client
         * @description All keys of the client are refused from the very next request until the client is enabled again. Disabling a
         *     disabled client has no effect.
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
         * Enable a client
         * @description Each key of the client works again if the key's own state allows it. A client whose keys have administrative scopes
         *     can be enabled only by a key that has these scopes.
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
         * Revoke all keys of a client
         * @description Revokes every key of the client permanently, from the very next request. The client remains, and new keys can be
         *     issued to it; to prevent that, disable it too. The audit log gets one event for each key. For a client with many
         *     keys, these events are written within seconds of the response, or after a restart.
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
         * List keys
         * @description Newest first, including revoked and expired keys. Follow `nextCursor` until it is null. Keys that are added while
         *     you page through the list neither cause repeats nor shift the pages. With filters, a page may have fewer items than
         *     requested, or even none, although `nextCursor` points to more.
         */
        get: operations["listKeys"];
        put?: never;
        /**
         * Create a key
         * @description This response is the only one that ever contains the secret. Administrative scopes (`clients:*`, `keys:*` and so
         *     on) can be granted only by a key that has them, and only within that key's own expiry and networks. Data scopes
         *     can be granted by any key with `keys:write`.
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
         * Verify a key
         * @description For services that accept keys themselves and leave the decision to this one. The response says why a key is not
         *     valid. For a key that was never issued it says only that.
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
         * List keys that need attention
         * @description Active keys, newest first, that never expire or expire within 14 days, have not been used for 90 days, have scopes
         *     that they never used, or belong to a client without a plan. Each finding comes with the command that fixes it. A
         *     page may have fewer items than requested although there are more.
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
         * Get a key
         * @description Everything that is stored about a key. The secret is not stored.
         */
        get: operations["getKey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Update a key
         * @description Updates the fields that are sent and leaves the others unchanged. The update applies from the next request.
         *     `If-Match` must be the `ETag` of the version you read, so that no concurrent change is lost; `If-Match: *` skips
         *     this check.
         *
         *     A key with administrative scopes can be given more scopes, a later expiry or other networks only by a key that has
         *     these scopes, and only within that key's own expiry and networks. A revoked key cannot be updated. The successors
         *     of a rotated key are separate keys and are not changed.
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
         * Revoke a key
         * @description Revokes a key permanently: it is refused from the very next request, and so are its successors from rotation. The
         *     record of the key remains, with the time and the reason. Revoking a key again has no effect and gets the same
         *     response.
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
         * @description Issues a new key to replace this one, with the same client, scopes, environment, expiry and restrictions. The old
         *     key keeps working until the overlap ends; until then its state is `superseded`. In a chain of rotated keys at most
         *     ten work at the same time: one more rotation ends the overlap of the oldest. A key with administrative scopes can
         *     be rotated only by a key that has these scopes, expires no sooner and is allowed from at least the same networks.
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
         * Disable a key
         * @description The key is refused from the very next request until it is enabled again. Disabling a disabled key has no effect.
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
         * Enable a key
         * @description Undoes disabling only: a revoked or expired key stays revoked or expired. A key with administrative scopes can be
         *     enabled only by a key that has these scopes.
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
         * Get usage
         * @description Counts of responses over time, including refusals, without gaps. They are written within a quarter of a second. A
         *     response has at most 10,000 points, summed from at most 1,000,000 counts; if there would be more, ask for longer
         *     buckets, a shorter time range, fewer groups or a single client.
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
         * List the uses of a key
         * @description Which operations a key was used for and from which networks, latest use first. This works for a rotated key too:
         *     its overlap can end once the old secret is no longer in use.
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
         * Get the decision on a refused request
         * @description Which check refused the request, and the line of the contract that requires it. Available for the last 10,000
         *     refusals. Callers themselves see only the problem document.
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
         * List audit events
         * @description Every action on clients and keys, newest first. Each event contains the hash of the previous one, so that tampering
         *     with any of them can be detected. Follow `nextCursor` until it is null. With filters, a page may have fewer items
         *     than requested, or even none, although `nextCursor` points to more.
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
         * Check whether the process is alive
         * @description Responds as long as the process can respond at all. It checks nothing else.
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
         * Check whether the service is ready
         * @description The service is ready when its store responds, when at least nine of ten calls with a key in the last ten seconds could use the store, and when the process is not shutting down.
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
         * Authorize a request (forward auth)
         * @description For proxies that check each request here before they forward it: nginx (`auth_request`), Caddy (`forward_auth`),
         *     Traefik (ForwardAuth) and Envoy (`ext_authz`). The proxy sends the headers of the request, including its key, and
         *     its method and URI in one pair of the headers below; Envoy appends the URI to `/v1/authorize` instead. Everything but
         *     the body is checked against the contract as if the request had been sent here, and refused with the same status.
         *     nginx understands only 401 and 403, so it gets 403 for every other refusal, with the actual status and the problem
         *     document in `X-Latchkey-Status` and `X-Latchkey-Problem`. Only addresses in `LATCHKEY_AUTHORIZE_FROM` may call this.
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
             * @description A message.
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
         * @description A permission, written for example as `resource:action`. All scopes are listed under `x-scopes` of the security schemes.
         * @example data:read
         */
        Scope: string;
        /**
         * @description Whether the key is for production (`live`) or for testing (`test`). It is part of the key's text.
         * @example live
         * @enum {string}
         */
        Environment: "live" | "test";
        /**
         * @description Whether the key is accepted (`active`, or `superseded` by a successor but still working), or why it is not.
         * @example active
         * @enum {string}
         */
        KeyState: "active" | "superseded" | "disabled" | "expired" | "revoked";
        /**
         * @description The public id of a key. It is safe to log.
         * @example key_4Tz0ZkX0b1TnVd4sWcYe
         */
        KeyId: string;
        /**
         * @description A name for the key. No control or invisible characters.
         * @example nightly import
         */
        KeyName: string;
        /**
         * @description The key itself. Keep it secret; it is shown only once.
         * @example lk_live_EXAMPLEexampleEXAMPLEexample0000000000
         */
        KeySecret: string;
        /**
         * @description The id of a client.
         * @example client_7Qm2ZkX0b1TnVd4sWcYe
         */
        ClientId: string;
        /**
         * @description The unique name of a client, in composed form (NFC), without slashes, control or invisible characters. It must not start with `client_` or `key_`, nor be `.` or `..`.
         * @example my-app
         */
        ClientName: string;
        /**
         * @description A client's id or name.
         * @example my-app
         */
        ClientIdOrName: string;
        /**
         * @description An opaque position in a list. Take it from `nextCursor`; do not construct it.
         * @example azE3
         */
        Cursor: string;
        /**
         * @description The id of a request, the same as in the service's logs. A trusted proxy may have chosen it.
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
         * @description An instant (RFC 3339). Declared as plain text because generated clients format date-time parameters in different ways.
         * @example 2027-01-31T12:00:00.000Z
         */
        TimestampText: string;
        /**
         * @description Your own notes, as any JSON object of at most 4096 bytes. The service does not interpret them.
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
         * @description The name of a plan that the contract declares under `x-latchkey`.
         * @example free
         */
        PlanName: string;
        /**
         * @description The name of a plan. Null means the default plan.
         * @example free
         */
        OptionalPlanName: string | null;
        /**
         * LimitOverride
         * @description What applies instead of the plan's limits. Null means that the plan applies.
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
             * @description Whether all limits and quotas are lifted.
             * @example false
             */
            unlimited?: boolean;
            /** @description When the plan applies again; must be in the future. Null, or left out, means never. */
            until?: components["schemas"]["OptionalTimestamp"];
            set?: components["schemas"]["LimitTermsByName"];
        } | null;
        /**
         * @description The replacement for each limit or quota of the plan, by its name.
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
         * @description How much is allowed. A quota keeps its period and accepts `requests` only.
         * @example {
         *       "requests": 1000,
         *       "windowSeconds": 60
         *     }
         */
        LimitTerms: {
            /**
             * Format: int32
             * @description How many requests, in units of cost.
             * @example 1000
             */
            requests: number;
            /**
             * Format: int32
             * @description The length of the window in seconds. By default, the window of the plan.
             * @example 60
             */
            windowSeconds?: number;
            /**
             * Format: int32
             * @description How many requests at once. By default, a tenth of `requests`, at least 1.
             * @example 100
             */
            burst?: number;
        };
        /**
         * @description What usage is grouped by. `statusClass` is the first digit of the status, `code` the code of the problem.
         * @example operation
         * @enum {string}
         */
        UsageGrouping: "client" | "key" | "environment" | "operation" | "statusClass" | "code";
        /**
         * @description What the usage of one key is grouped by.
         * @example operation
         * @enum {string}
         */
        OwnUsageGrouping: "operation" | "statusClass" | "code";
        /**
         * @description The length of each point of a series.
         * @default hour
         * @example hour
         * @enum {string}
         */
        UsageBucket: "minute" | "hour" | "day";
        /**
         * @description The format of a usage report.
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
         * @description The code of a problem.
         * @example scope-missing
         */
        ProblemCode: string;
        /**
         * @description Usage as series of points. All series have the same points in time.
         * @example {
         *       "from": "2026-11-24T12:00:00.000Z",
         *       "to": "2026-11-24T13:00:00.000Z",
         *       "bucket": "hour",
         *       "series": [],
         *       "dropped": 0
         *     }
         */
        UsageReport: {
            /** @description When the first bucket starts. */
            from: components["schemas"]["Timestamp"];
            /** @description The end of the counted time range. */
            to: components["schemas"]["Timestamp"];
            bucket: components["schemas"]["UsageBucket"];
            /** @description One series for each group that has any usage. */
            series: components["schemas"]["UsageSeries"][];
            /**
             * Format: int64
             * @description How many responses since the start of the service are missing from the counts because its store was unavailable for too long.
             * @example 0
             */
            dropped: number;
        };
        /**
         * @description What the responses of a series have in common, by the names in `groupBy`. A value is empty where there is none, such as the key of a call without a key.
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
            /** @description One point for each bucket, oldest first. */
            points: components["schemas"]["UsagePoint"][];
            latencyMs?: components["schemas"]["Latency"];
        };
        /**
         * @description The counts of one bucket.
         * @example {
         *       "at": "2026-11-24T12:00:00.000Z",
         *       "requests": 3,
         *       "cost": 3,
         *       "bytesIn": 600,
         *       "bytesOut": 1500
         *     }
         */
        UsagePoint: {
            /** @description When the bucket starts. */
            at: components["schemas"]["Timestamp"];
            /**
             * Format: int64
             * @description The number of responses.
             * @example 3
             */
            requests: number;
            /**
             * Format: int64
             * @description The units charged to limits and quotas.
             * @example 3
             */
            cost: number;
            /**
             * Format: int64
             * @description The bytes received, including headers.
             * @example 600
             */
            bytesIn: number;
            /**
             * Format: int64
             * @description The bytes sent, including headers.
             * @example 1500
             */
            bytesOut: number;
        };
        /**
         * @description How long responses took, accurate to two percent. Present only if `groupBy` is just `operation`, over whole hours and without other filters.
         * @example {
         *       "p50": 1.2,
         *       "p95": 3.4,
         *       "p99": 9.8
         *     }
         */
        Latency: {
            /**
             * Format: double
             * @description Half of the responses took at most this long.
             * @example 1.2
             */
            p50: number;
            /**
             * Format: double
             * @description 95 percent of the responses took at most this long.
             * @example 3.4
             */
            p95: number;
            /**
             * Format: double
             * @description 99 percent of the responses took at most this long.
             * @example 9.8
             */
            p99: number;
        };
        /**
         * @description A page of keys that need attention.
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
         * @description A key that needs attention, and why.
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
         *           "detail": "It works until it is revoked.",
         *           "command": "latchkey keys update key_4Tz0ZkX0b1TnVd4sWcYe --expires 90d"
         *         }
         *       ]
         *     }
         */
        KeyHygiene: {
            key: components["schemas"]["KeyRef"];
            /** @description What needs attention, each finding with the command that fixes it. */
            findings: components["schemas"]["HygieneFinding"][];
        };
        /**
         * @description A key, by its id and name.
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
         * @description One thing about a key that needs attention.
         * @example {
         *       "kind": "never-expires",
         *       "detail": "It works until it is revoked.",
         *       "command": "latchkey keys update key_4Tz0ZkX0b1TnVd4sWcYe --expires 90d"
         *     }
         */
        HygieneFinding: {
            /**
             * @description The kind of finding.
             * @example never-expires
             * @enum {string}
             */
            kind: "never-expires" | "idle" | "expiring" | "unused-scopes" | "no-plan";
            /**
             * @description The finding, in a sentence.
             * @example It works until it is revoked.
             */
            detail: string;
            /**
             * @description The command that fixes it.
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
            /** @description The uses, latest first. */
            items: components["schemas"]["KeyUse"][];
        };
        /**
         * @description The use of one operation from one network.
         * @example {
         *       "operation": "getData",
         *       "network": "192.0.2.1",
         *       "lastUsedAt": "2026-11-24T12:00:00.000Z",
         *       "requests": 3
         *     }
         */
        KeyUse: {
            /**
             * @description The operationId. Empty if the key was used outside an operation.
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
             * @description The number of responses.
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
         *       "detail": "This key lacks the scope secret:read; ask its issuer for a key that has it.",
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
             * @description The HTTP status of the response.
             * @example 403
             */
            status: number;
            code: components["schemas"]["ProblemCode"];
            /**
             * @description What the caller was told.
             * @example This key lacks the scope secret:read; ask its issuer for a key that has it.
             */
            detail: string;
            /**
             * @description The stage of the pipeline that refused it.
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
             * @description The operationId. Empty if the request matches no operation.
             * @example getSecretData
             */
            operation: string;
            /**
             * Format: int32
             * @description The line of the contract file that requires it. 0 without an operation.
             * @example 95
             */
            line: number;
            /**
             * @description The client that holds the key. Empty for an unknown caller.
             * @example client_7Qm2ZkX0b1TnVd4sWcYe
             */
            clientId: string;
            /**
             * @description The key that was used. Empty for an unknown caller.
             * @example key_4Tz0ZkX0b1TnVd4sWcYe
             */
            keyId: string;
            /**
             * @description The address that the request came from.
             * @example 192.0.2.1
             */
            address: string;
        };
        /**
         * @description A header line, then one line for each point (RFC 4180). Values that a spreadsheet would execute are turned into plain text.
         * @example at,operation,requests,cost,bytesIn,bytesOut
         */
        UsageCsv: string;
        /**
         * @description A limit that applies to you, and how much of it is left.
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
             * @description Whether the keys of a client are counted together (`client`) or separately (`key`).
             * @example client
             * @enum {string}
             */
            per: "client" | "key";
            /**
             * Format: int32
             * @description How many requests per window in the long run.
             * @example 6000
             */
            requests: number;
            /**
             * Format: int32
             * @description The length of the window.
             * @example 60
             */
            windowSeconds: number;
            /**
             * Format: int32
             * @description How many requests at once.
             * @example 1000
             */
            burst: number;
            /**
             * Format: int32
             * @description How many requests are allowed right now.
             * @example 999
             */
            remaining: number;
            /**
             * Format: int32
             * @description The seconds until more are allowed.
             * @example 1
             */
            resetSeconds: number;
        };
        /**
         * @description A quota that applies to you, and how much of it is left.
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
             * @description How many requests per period.
             * @example 10000
             */
            requests: number;
            /**
             * @description A calendar day or month, in UTC.
             * @example month
             * @enum {string}
             */
            period: "day" | "month";
            /**
             * @description What happens when the quota is used up: `hard` refuses requests, `soft` only reports it in a header.
             * @example hard
             * @enum {string}
             */
            enforcement: "hard" | "soft";
            /**
             * Format: int64
             * @description How many were used in this period.
             * @example 1
             */
            used: number;
            /**
             * Format: int32
             * @description How many are left.
             * @example 9999
             */
            remaining: number;
            /** @description When the period ends. */
            endsAt: components["schemas"]["Timestamp"];
        };
        /**
         * @description A client to create.
         * @example {
         *       "name": "my-app",
         *       "metadata": {
         *         "team": "blue"
         *       }
         *     }
         */
        ClientRegistration: {
            name: components["schemas"]["ClientName"];
            /** @description The plan of the client. By default, the default plan. */
            plan?: components["schemas"]["PlanName"];
            metadata?: components["schemas"]["Metadata"];
        };
        /**
         * @description The fields of a client to update. Fields that are left out stay unchanged.
         * @example {
         *       "name": "my-app-two"
         *     }
         */
        ClientUpdate: {
            name?: components["schemas"]["ClientName"];
            /** @description The plan of the client. Null means the default plan. */
            plan?: components["schemas"]["OptionalPlanName"];
            limits?: components["schemas"]["LimitOverride"];
            /** @description Replaces all existing notes. */
            metadata?: components["schemas"]["Metadata"];
        };
        /**
         * @description Whether the keys of the client are accepted (`active`) or all refused for now (`disabled`).
         * @example active
         * @enum {string}
         */
        ClientState: "active" | "disabled";
        /**
         * @description Options for revoking all keys of a client.
         * @example {
         *       "reason": "contract ended"
         *     }
         */
        ClientRevocation: {
            reason?: components["schemas"]["RevocationReason"];
        };
        /**
         * @description How many keys of a client were revoked.
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
             * @description How many keys were revoked now. Keys that were revoked before are not counted.
             * @example 3
             */
            revoked: number;
        };
        /**
         * @description Part of a name, at least three characters long.
         * @example import
         */
        SearchText: string;
        /**
         * @description The last four characters of a secret, to tell keys apart.
         * @example x7Qa
         */
        LastFour: string;
        /**
         * @description A client, such as an application, a team or a customer. It holds keys.
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
            /** @description When the client was disabled, or null. */
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
         * @description The `cursor` of the next page, or null on the last page.
         * @example azE3
         * @example null
         */
        NextCursor: string | null;
        /**
         * @description A key to create.
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
            /** @description What the key may do. Grant as little as possible. */
            scopes: components["schemas"]["Scope"][];
            /** @default live */
            environment: components["schemas"]["Environment"];
            /** @description When the key expires; must be in the future. By default */
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
         * @description The fields of a key to update. Fields that are left out stay unchanged.
         * @example {
         *       "scopes": [
         *         "data:read"
         *       ],
         *       "expiresAt": "2027-01-31T12:00:00.000Z"
         *     }
         */
        KeyUpdate: {
            name?: components["schemas"]["KeyName"];
            /** @description What the key may do. The list replaces all current scopes. */
            scopes?: components["schemas"]["Scope"][];
            /** @description When the key expires; must be in the future. With null the key does not expire. */
            expiresAt?: components["schemas"]["OptionalTimestamp"];
            allowedIps?: components["schemas"]["NetworkList"];
            /**
             * @description Whether the key may rotate itself.
             * @example false
             */
            selfRotation?: boolean;
            limits?: components["schemas"]["LimitOverride"];
            /** @description Replaces all existing notes. */
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
            /** @description When the key expires, or null if it does not expire. */
            expiresAt: components["schemas"]["OptionalTimestamp"];
            /** @description When the key was disabled, or null. */
            disabledAt: components["schemas"]["OptionalTimestamp"];
            /** @description When the key was revoked, or null. */
            revokedAt: components["schemas"]["OptionalTimestamp"];
            /**
             * @description Why the key was revoked, or null.
             * @example leaked in a build log
             */
            revocationReason: string | null;
            successorId: components["schemas"]["OptionalKeyId"];
            /** @description When a superseded key stops working, or null. */
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
         * @description What a key can see about itself.
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
            /** @description When the key expires, or null if it does not expire. */
            expiresAt: components["schemas"]["OptionalTimestamp"];
            successorId: components["schemas"]["OptionalKeyId"];
            /** @description When this key stops working if it was rotated, or null. */
            overlapEndsAt: components["schemas"]["OptionalTimestamp"];
            /**
             * @description Whether the key may rotate itself.
             * @example false
             */
            selfRotation: boolean;
            allowedIps: components["schemas"]["NetworkList"];
            /** @description The plan that applies to the client. */
            plan: components["schemas"]["PlanName"];
            /** @description The limits that apply to the key, and how much of each is left. Empty if it has none. */
            limits: components["schemas"]["LimitStanding"][];
            /** @description The quotas of the client, counted over all of its keys, and how much of each is left. */
            quotas: components["schemas"]["QuotaStanding"][];
        };
        /**
         * @description The id of the key that replaces this one, or null.
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
         * @description The networks that the key may be used from. Empty means anywhere.
         * @example [
         *       "203.0.113.0/24",
         *       "2001:db8::/32"
         *     ]
         */
        NetworkList: components["schemas"]["Network"][];
        /**
         * @description Options for rotating a key.
         * @example {
         *       "overlapSeconds": 7200
         *     }
         */
        Rotation: {
            /**
             * Format: int32
             * @description How long the old key keeps working, in seconds. With 0 it stops at once.
             * @default 86400
             * @example 86400
             */
            overlapSeconds: number;
            /**
             * Format: int32
             * @description Ends the overlap early when the old key has not been used for this many seconds. By default, the overlap does not end early.
             * @example 3600
             */
            endWhenSilentSeconds?: number;
        };
        /**
         * @description A presented key, and what it must allow.
         * @example {
         *       "secret": "lk_live_EXAMPLEexampleEXAMPLEexample0000000000",
         *       "scopes": [
         *         "data:read"
         *       ]
         *     }
         */
        Verification: {
            /**
             * @description The text that was presented as a key, valid or not.
             * @example lk_live_EXAMPLEexampleEXAMPLEexample0000000000
             */
            secret: string;
            /** @description The scopes that the key must have. By default, any valid key is accepted. */
            scopes?: components["schemas"]["Scope"][];
            /**
             * @description The IPv4 or IPv6 address that the key was presented from, if the networks of the key should be checked.
             * @example 203.0.113.7
             */
            address?: string;
        };
        /**
         * @description Whether a key is valid, and its details.
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
             * @description Whether the key may be used with these scopes from this address.
             * @example true
             */
            valid: boolean;
            /**
             * @description `valid`, or the code of the problem that a call with the key would get.
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
         * @description Options for revoking a key.
         * @example {
         *       "reason": "leaked in a build log"
         *     }
         */
        Revocation: {
            reason?: components["schemas"]["RevocationReason"];
            /**
             * @description Whether the successors of this key from rotation keep working.
             * @default false
             * @example false
             */
            keepSuccessors: boolean;
        };
        /**
         * @description A kind of action. Later versions may add values but never remove any.
         * @example key.revoked
         * @enum {string}
         */
        AuditAction: "client.registered" | "client.changed" | "client.disabled" | "client.enabled" | "key.issued" | "key.changed" | "key.rotated" | "key.overlap-ended" | "key.disabled" | "key.enabled" | "key.revoked" | "audit.pruned" | "database.restored";
        /**
         * @description The SHA-256 hash of an event, in hex.
         * @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
         */
        AuditHash: string;
        /**
         * @description Who performed the action.
         * @example {
         *       "kind": "key",
         *       "keyId": "key_4Tz0ZkX0b1TnVd4sWcYe",
         *       "clientId": "client_7Qm2ZkX0b1TnVd4sWcYe"
         *     }
         */
        AuditActor: {
            /**
             * @description An operator on the command line (`operator`), a key over HTTP (`key`), or the service itself (`system`).
             * @example key
             * @enum {string}
             */
            kind: "operator" | "key" | "system";
            /**
             * @description The key that was used, or null.
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
         * @description What the action was performed on.
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
             * @description The id of the key or client. For the audit log, the hash of the last event that was pruned. For the database, the hash of the last event in the database that was replaced.
             * @example key_9Wb3ZkX0b1TnVd4sWcYe
             */
            id: string;
        };
        /**
         * @description Details of the action, as short texts by name. Never a secret.
         * @example {
         *       "reason": "leaked in a build log"
         *     }
         */
        AuditDetails: {
            [key: string]: string;
        };
        /**
         * @description One action. Its hash covers all of its other fields as canonical JSON (RFC 8785).
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
             * @description The id of the request that caused it, as in the logs of the service, or null.
             * @example req_5Hq0ZkX0b1TnVd4sWcYe
             */
            requestId: string | null;
            details: components["schemas"]["AuditDetails"];
            /** @description The hash of the previous event. All zeros for the first event. */
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
         * @description The service is healthy.
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
             * @description What is wrong and how to fix it.
             * @example must be <= 100
             */
            detail: string;
            /**
             * @description Where it is, as a JSON Pointer: `#/query/limit`, `#/path/keyId`, or within the body `#/name`.
             * @example #/query/limit
             */
            pointer: string;
        };
        /**
         * @description What went wrong (RFC 9457). Every error response has this form.
         * @example {
         *       "type": "/problems/not-found",
         *       "title": "Not found",
         *       "status": 404,
         *       "detail": "There is no key with this id; check it, or list the keys.",
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
             * @description A short name for the kind of problem.
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
             * @description What went wrong this time, and how to fix it.
             * @example There is no key with this id; check it, or list the keys.
             */
            detail: string;
            /**
             * @description The kind of problem, as a stable code for programs.
             * @example not-found
             */
            code: string;
            requestId: components["schemas"]["RequestId"];
            /** @description The invalid parts of the request. */
            errors?: components["schemas"]["InvalidPart"][];
            /**
             * @description On every 401, for simple clients: `Unauthorized` or `Unauthorized access`.
             * @example Unauthorized
             */
            error?: string;
            /** @description On every 429 from a limit or quota: the names of those that are used up. */
            "violated-policies"?: components["schemas"]["PlanName"][];
        };
    };
    responses: {
        /** @description The request does not match the contract; `errors` lists what to fix. */
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
                 *       "detail": "The request does not match the contract: must be <= 100.",
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
        /** @description The key is missing, or it is not (or no longer) valid. */
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
                 *       "title": "API key missing",
                 *       "status": 401,
                 *       "detail": "The request has no API key; send yours in the header x-api-key.",
                 *       "code": "key-missing",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe",
                 *       "error": "Unauthorized"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The key is missing, or it is not (or no longer) valid. */
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
                 *       "title": "API key missing",
                 *       "status": 401,
                 *       "detail": "The request has no API key; send yours in the header x-api-key.",
                 *       "code": "key-missing",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe",
                 *       "error": "Unauthorized access"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The key is valid but not allowed to do this. If it lacks a scope, `detail` names it. */
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
                 *       "title": "Scope missing",
                 *       "status": 403,
                 *       "detail": "This key lacks the scope secret:read; ask its issuer for a key that has it.",
                 *       "code": "scope-missing",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The request is not allowed. For nginx, any refusal except 401. */
        RequestRefused: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                "X-Latchkey-Status": components["headers"]["RefusalStatus"];
                "X-Latchkey-Problem": components["headers"]["RefusalProblem"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/scope-missing",
                 *       "title": "Scope missing",
                 *       "status": 403,
                 *       "detail": "This key lacks the scope secret:read; ask its issuer for a key that has it.",
                 *       "code": "scope-missing",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The path exists, but not with this method; `Allow` lists the methods it supports. */
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
                 *       "title": "Method not allowed",
                 *       "status": 405,
                 *       "detail": "This path does not support the method; use one of GET, HEAD, OPTIONS.",
                 *       "code": "method-not-allowed",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description No such resource exists. */
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
                 *       "detail": "There is no key with this id; check it, or list the keys.",
                 *       "code": "not-found",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The request conflicts with the current state of the resource. */
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
                 *       "title": "Client name already in use",
                 *       "status": 409,
                 *       "detail": "Another client already has this name; choose a different one.",
                 *       "code": "client-name-taken",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The resource has changed since the version in `If-Match`; read it again. */
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
                 *       "title": "The resource has changed",
                 *       "status": 412,
                 *       "detail": "The resource has changed since the version in If-Match. Read it again, then repeat the update if it still applies.",
                 *       "code": "precondition-failed",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description An update needs `If-Match`, with the version that it is based on. */
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
                 *       "title": "If-Match header required",
                 *       "status": 428,
                 *       "detail": "The header If-Match is missing; send the ETag of the version you read, or * to skip this check.",
                 *       "code": "precondition-required",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is larger than this service accepts. */
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
                 *       "title": "Request body too large",
                 *       "status": 413,
                 *       "detail": "The body is too large; send at most 65,536 bytes. The operator can allow more with maxBodyBytes in x-latchkey, or LATCHKEY_MAX_BODY_BYTES.",
                 *       "code": "content-too-large",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The operation does not accept the media type or encoding of the body. */
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
                 *       "title": "Unsupported media type",
                 *       "status": 415,
                 *       "detail": "The Content-Type of the body is not supported; send application/json, in UTF-8.",
                 *       "code": "media-type-unsupported",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A limit or quota is used up; `violated-policies` names it. This request was not charged to any of them. */
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
                 *       "title": "Rate limit exceeded",
                 *       "status": 429,
                 *       "detail": "The limit perClient is reached; try again in 1 second.",
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
        /** @description The service failed. Its log has the cause under `requestId`. */
        InternalError: {
            headers: {
                "X-Request-Id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/internal-error",
                 *       "title": "Internal error",
                 *       "status": 500,
                 *       "detail": "The service failed to handle the request; give the requestId to its operator, who finds the cause in the log.",
                 *       "code": "internal-error",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The service cannot decide or serve this request right now. Try again later. */
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
                 *       "detail": "The service cannot reach its database right now; try again in a moment.",
                 *       "code": "unavailable",
                 *       "requestId": "req_5Hq0ZkX0b1TnVd4sWcYe"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Any other HTTP error, such as headers that are too large (431). */
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
         * @description The maximum number of items on a page.
         * @example 20
         */
        PageLimit: number;
        /** @description Where to continue, the `nextCursor` of the previous page. */
        PageCursor: components["schemas"]["Cursor"];
        /** @description The client's id, or its name. */
        ClientInPath: components["schemas"]["ClientIdOrName"];
        /** @description The key's public id, not its secret. */
        KeyInPath: components["schemas"]["KeyId"];
        /**
         * @description The `ETag` of the version you read, including its quotes, or `*`. Without it, the response is 428 (RFC 6585, section 3).
         * @example "3pXKb0mB0gG8uJq2d1wTzQ"
         */
        IfMatch: string;
    };
    requestBodies: never;
    headers: {
        /** @description The operationId of the requested operation. */
        AuthorizedOperation: string;
        /** @description The protocol that the connection may change to. Empty where the operation declares none. */
        AuthorizedUpgrade: "" | "websocket";
        /** @description The id of the client that holds the key. Empty without a key. */
        AuthorizedClient: string;
        /** @description The id of the key. Empty without a key. */
        AuthorizedKey: string;
        /** @description The scopes of the key, separated by spaces. Empty without a key. */
        AuthorizedScopes: string;
        /** @description Whether the key is a live or a test key. Empty without a key. */
        AuthorizedEnvironment: string;
        /** @description For nginx: the status that the caller should receive. */
        RefusalStatus: number;
        /** @description For nginx: the problem document that the caller should receive, as ASCII JSON. */
        RefusalProblem: string;
        /** @description The methods that this path supports. */
        Allow: string;
        /** @description The id of this request, the same as in the service's logs. */
        RequestId: components["schemas"]["RequestId"];
        /** @description The path of the created resource. */
        Location: string;
        /** @description The challenge of RFC 9110, section 11.6.1. */
        WwwAuthenticate: string;
        /** @description Seconds to wait before trying again. */
        RetryAfter: number;
        /**
         * @description What is left of each of your limits and quotas after this request: the remaining units (`r`), and the seconds until
         *     there are more (`t`). A Structured Field (RFC 9651) as in draft-ietf-httpapi-ratelimit-headers. Absent if you have
         *     no limits.
         */
        RateLimit: string;
        /**
         * @description The limits and quotas that apply to this request: the units (`q`) per number of seconds (`w`), and for limits the
         *     units allowed at once (`latchkey-burst`).
         */
        RateLimitPolicy: string;
        /** @description The version of this resource, to be sent in `If-Match` with an update. It changes whenever the resource does. */
        ETag: string;
        /** @description On responses to calls with a rotated key, the time at which the old key stops working. */
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
        /** @description How long the old key keeps working. */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Rotation"];
            };
        };
        responses: {
            /** @description The new key. Store the secret now; it is not shown again. */
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
                /** @description Start of the time range (RFC 3339). By default, one day before `to`. The bucket that contains it is counted in full. */
                from?: components["schemas"]["TimestampText"];
                /** @description End of the time range, exclusive (RFC 3339). By default, now. */
                to?: components["schemas"]["TimestampText"];
                /**
                 * @description The length of each point. Minutes, hours and days are retained for different periods.
                 * @example hour
                 */
                bucket?: components["schemas"]["UsageBucket"];
                /**
                 * @description One series for each combination of these values. By default, a single series for everything.
                 * @example [
                 *       "operation"
                 *     ]
                 */
                groupBy?: components["schemas"]["OwnUsageGrouping"][];
                /**
                 * @description `csv` has the same effect as the header `Accept: text/csv`.
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
            /** @description The usage report. */
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
                 * @description The maximum number of items on a page.
                 * @example 20
                 */
                limit?: components["parameters"]["PageLimit"];
                /** @description Where to continue, the `nextCursor` of the previous page. */
                cursor?: components["parameters"]["PageCursor"];
                /** @description Only clients in this state. */
                state?: components["schemas"]["ClientState"];
                /** @description Only clients whose name contains this text (case-insensitive). */
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
        /** @description The client to create. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClientRegistration"];
            };
        };
        responses: {
            /** @description The client was created. */
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
                 * @description The `ETag` of the version you read, including its quotes, or `*`. Without it, the response is 428 (RFC 6585, section 3).
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
        /** @description The fields to update. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClientUpdate"];
            };
        };
        responses: {
            /** @description The updated client. */
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
            /** @description The disabled client. */
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
        /** @description The reason, for the record. */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ClientRevocation"];
            };
        };
        responses: {
            /** @description How many keys this request revoked. */
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
                 * @description The maximum number of items on a page.
                 * @example 20
                 */
                limit?: components["parameters"]["PageLimit"];
                /** @description Where to continue, the `nextCursor` of the previous page. */
                cursor?: components["parameters"]["PageCursor"];
                /** @description Only keys of this client, given by id or name. */
                clientId?: components["schemas"]["ClientIdOrName"];
                /** @description Only keys in this state. */
                state?: components["schemas"]["KeyState"];
                /** @description Only keys of this environment. */
                environment?: components["schemas"]["Environment"];
                /** @description Only keys that have this scope. */
                scope?: components["schemas"]["Scope"];
                /** @description Only keys whose secret ends in these four characters. */
                lastFour?: components["schemas"]["LastFour"];
                /** @description Only keys whose name contains this text (case-insensitive). */
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
        /** @description The key to create. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewKey"];
            };
        };
        responses: {
            /** @description The key was created. Store the secret now; it is not shown again. */
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
        /** @description The key that was presented, and what it must allow. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["Verification"];
            };
        };
        responses: {
            /** @description The result. */
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
                 * @description The maximum number of items on a page.
                 * @example 20
                 */
                limit?: components["parameters"]["PageLimit"];
                /** @description Where to continue, the `nextCursor` of the previous page. */
                cursor?: components["parameters"]["PageCursor"];
                /** @description Only keys of this client, given by id or name. */
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
                /** @description The key's public id, not its secret. */
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
                 * @description The `ETag` of the version you read, including its quotes, or `*`. Without it, the response is 428 (RFC 6585, section 3).
                 * @example "3pXKb0mB0gG8uJq2d1wTzQ"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /** @description The key's public id, not its secret. */
                keyId: components["parameters"]["KeyInPath"];
            };
            cookie?: never;
        };
        /** @description The fields to update. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyUpdate"];
            };
        };
        responses: {
            /** @description The updated key. */
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
                /** @description The key's public id, not its secret. */
                keyId: components["parameters"]["KeyInPath"];
            };
            cookie?: never;
        };
        /** @description The reason, for the record. */
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
                /** @description The key's public id, not its secret. */
                keyId: components["parameters"]["KeyInPath"];
            };
            cookie?: never;
        };
        /** @description How long the old key keeps working. */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Rotation"];
            };
        };
        responses: {
            /** @description The new key. Store the secret now; it is not shown again. */
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
                /** @description The key's public id, not its secret. */
                keyId: components["parameters"]["KeyInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The disabled key. */
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
                /** @description The key's public id, not its secret. */
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
                /** @description Start of the time range (RFC 3339). By default, one day before `to`. The bucket that contains it is counted in full. */
                from?: components["schemas"]["TimestampText"];
                /** @description End of the time range, exclusive (RFC 3339). By default, now. */
                to?: components["schemas"]["TimestampText"];
                /**
                 * @description The length of each point. Minutes, hours and days are retained for different periods.
                 * @example hour
                 */
                bucket?: components["schemas"]["UsageBucket"];
                /**
                 * @description One series for each combination of these values. By default, a single series for everything.
                 * @example [
                 *       "operation"
                 *     ]
                 */
                groupBy?: components["schemas"]["UsageGrouping"][];
                /** @description Only calls by this client, given by id or name. */
                clientId?: components["schemas"]["ClientIdOrName"];
                /** @description Only calls with this key. */
                keyId?: components["schemas"]["KeyId"];
                /** @description Only calls of the operation with this operationId. */
                operation?: components["schemas"]["OperationName"];
                /** @description Only calls with keys of this environment. */
                environment?: components["schemas"]["Environment"];
                /** @description Only responses with this problem `code`. */
                code?: components["schemas"]["ProblemCode"];
                /**
                 * @description `csv` has the same effect as the header `Accept: text/csv`.
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
            /** @description The usage report. */
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
                /** @description The key's public id, not its secret. */
                keyId: components["parameters"]["KeyInPath"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The uses of the key. */
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
                 * @description The maximum number of items on a page.
                 * @example 20
                 */
                limit?: components["parameters"]["PageLimit"];
                /** @description Where to continue, the `nextCursor` of the previous page. */
                cursor?: components["parameters"]["PageCursor"];
                /** @description Only actions of this kind. */
                action?: components["schemas"]["AuditAction"];
                /** @description Only actions by keys of this client, and actions on the client or its keys. */
                clientId?: components["schemas"]["ClientId"];
                /** @description Only actions by this key and actions on it. */
                keyId?: components["schemas"]["KeyId"];
                /** @description Only events at or after this instant. */
                from?: components["schemas"]["TimestampText"];
                /** @description Only events before this instant. */
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
            /** @description The process is alive. */
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
            /** @description The service is ready. */
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
                 * @description nginx: the request method.
                 * @example GET
                 */
                "X-Original-Method"?: string;
                /**
                 * @description nginx: the path and query.
                 * @example /data
                 */
                "X-Original-URI"?: string;
                /**
                 * @description Caddy and Traefik: the request method.
                 * @example GET
                 */
                "X-Forwarded-Method"?: string;
                /**
                 * @description Caddy and Traefik: the path and query.
                 * @example /data
                 */
                "X-Forwarded-Uri"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request is allowed. The headers identify the caller; for public operations they are empty. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestId"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Latchkey-Operation": components["headers"]["AuthorizedOperation"];
                    "X-Latchkey-Upgrade": components["headers"]["AuthorizedUpgrade"];
                    "X-Latchkey-Client": components["headers"]["AuthorizedClient"];
                    "X-Latchkey-Key": components["headers"]["AuthorizedKey"];
                    "X-Latchkey-Scopes": components["headers"]["AuthorizedScopes"];
                    "X-Latchkey-Environment": components["headers"]["AuthorizedEnvironment"];
                    "Latchkey-Key-Ends-At": components["headers"]["KeyEndsAt"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["RequestRefused"];
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

/** The operations that need no key (`security: []`). */
export type PublicOperationId = "getHealth" | "getReadiness" | "authorizeRequest";

/** The parameters with a default, which the validator fills in. */
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
