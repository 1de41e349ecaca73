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

/** The state of a key, and whether its client is disabled, which stops the key too. */
export function stateOfKey(key: ApiKey, now: Instant): Piece {
  const state = stateOf(key, now);
  if (isUsable(state) && key.client.disabledAt !== null) return { text: `${state}, client disabled`, style: "yellow" };
  return { text: state, style: STYLES[state] };
}

export function clientStateOf({ disabledAt }: Pick<KeyHolder, "disabledAt">): "active" | "disabled" {
  return disabledAt === null ? "active" : "disabled";
}

export function stateOfClient(client: Pick<KeyHolder, "disabledAt">): Piece {
  const state = clientStateOf(client);
  return { text: state, style: STYLES[state] };
}
