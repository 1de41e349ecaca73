import type { ApiKey, KeyHolder } from "../../keys/key.ts";
import { isUsable, type KeyState, stateOf } from "../../keys/lifecycle.ts";
import type { Instant } from "../../lib/time/clock.ts";
import type { Piece } from "../terminal/painted.ts";

const STYLES = {
  active: "green",
  superseded: "yellow",
  disabled: "yellow",
  expired: "dim",
  revoked: "red",
} as const satisfies Record<KeyState, string>;

/** The state of a key in a table; where that of its client stops a usable key, this one. */
export function stateOfKey(key: ApiKey, now: Instant): Piece {
  const state = stateOf(key, now);
  if (isUsable(state) && key.client.disabledAt !== null) return { text: "client disabled", style: "yellow" };
  return { text: state, style: STYLES[state] };
}

/** The same in a sheet, where there is room for both. */
export function statesOfKey(key: ApiKey, now: Instant): Piece {
  const shown = stateOfKey(key, now);
  return typeof shown === "string" || shown.text !== "client disabled"
    ? shown
    : { ...shown, text: `${stateOf(key, now)}, but its client is disabled` };
}

export function clientStateOf({ disabledAt }: Pick<KeyHolder, "disabledAt">): "active" | "disabled" {
  return disabledAt === null ? "active" : "disabled";
}

export function stateOfClient(client: Pick<KeyHolder, "disabledAt">): Piece {
  const state = clientStateOf(client);
  return { text: state, style: STYLES[state] };
}
