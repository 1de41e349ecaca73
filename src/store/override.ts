import type { Override } from "../keys/override.ts";

/** As its column keeps it. */
export function fromOverride(override: Override | null): string | null {
  return override && JSON.stringify(override);
}

export function toOverride(column: string | null): Override | null {
  return column === null ? null : JSON.parse(column);
}
