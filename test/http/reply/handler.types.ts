import { revokeKey } from "../../../src/admin/keys/revoke-key.ts";
import { HANDLER_FACTORIES, type HandlerDeps, type HandlerFactories } from "../../../src/http/handlers/handlers.ts";
import type { Call, Handler } from "../../../src/http/reply/handler.ts";

// Tests of types: where a line below a @ts-expect-error compiled, `npm run check:types` would fail.

export const complete: HandlerFactories = HANDLER_FACTORIES;

const { getData, ...lacking } = HANDLER_FACTORIES;
// @ts-expect-error a handler is missing
export const incomplete = lacking satisfies HandlerFactories;

// @ts-expect-error a handler belongs to no operation
export const superfluous = { ...HANDLER_FACTORIES, getNothing: getData } satisfies HandlerFactories;

// @ts-expect-error the contract declares no 201 for this operation
export const undeclaredStatus: Handler<"getData"> = () => ({ status: 201, body: { message: "", data: [] } });

// @ts-expect-error a declared field is missing
export const missingField: Handler<"getData"> = () => ({ status: 200, body: { message: "" } });

// @ts-expect-error a field has another type
export const wrongField: Handler<"getData"> = () => ({ status: 200, body: { message: "", data: ["1"] } });

// @ts-expect-error a misspelt field is none
export const misspeltField: Handler<"getData"> = () => ({ status: 200, body: { mesage: "", data: [] } });

// @ts-expect-error the contract declares no 409 for this operation
export const undeclaredProblem: Handler<"getData"> = () => ({ problem: "client-name-taken", detail: "" });

// @ts-expect-error a public operation has no key
export const keyOfNobody = (call: Call<"getHealth">) => call.key;

// @ts-expect-error this operation has no path parameter of that name
export const otherParameter = (call: Call<"getKey">) => call.path.clientId;

export const declaredProblem: Handler<"createClient"> = () => ({ problem: "client-name-taken", detail: "" });
export const filledDefault = (call: Call<"listKeys">): number => call.query.limit;
export const ownedKey = (call: Call<"getData">): string => call.key.id;

// @ts-expect-error handlers have no `principal`: only `performAction` adds one
export const unattributedAction = (deps: HandlerDeps) => revokeKey("key_1", { reason: null }, deps);
