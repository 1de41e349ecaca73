import type { Override } from "../keys/override.ts";

/** The text for the column `limits`. */
export function fromOverride(override: Override | null): string | null {
  return override && JSON.stringify(override);
}

export function toOverride(column: string | null): Override | null {
  return column === null ? null : JSON.parse(column);
}
