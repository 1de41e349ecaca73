import { z } from "zod";
import { choice, type ReadSetting, type SettingGroup, setting } from "./setting.ts";

const METRICS_ACCESS = ["keyed", "open"] as const;

const METRICS = setting({
  name: "LATCHKEY_METRICS",
  meaning: "who may read /metrics: keys with the scope metrics:read (keyed), or everyone (open)",
  fallback: "keyed",
  accepts: "keyed or open",
  guide: "usage.md",
  ...choice(METRICS_ACCESS),
});

const USAGE_RETENTION = setting({
  name: "LATCHKEY_USAGE_RETENTION",
  meaning: "how long usage is kept by minute, by hour and by day",
  fallback: "3h,32d,400d",
  accepts: "three durations in hours or days",
  example: "3h,32d,400d",
  guide: "usage.md",
  schema: z
    .string()
    .regex(/^[1-9]\d{0,4}[hd],[1-9]\d{0,4}[hd],[1-9]\d{0,4}[hd]$/)
    .transform((text) => text.split(",").map(toMs))
    .transform(([minute = 0, hour = 0, day = 0]) => ({ minute, hour, day })),
  inFile: { kind: "list" },
});

export const USAGE_SETTINGS: SettingGroup = { title: "Usage and metrics", settings: [METRICS, USAGE_RETENTION] };

export type UsageConfig = {
  readonly metrics: (typeof METRICS_ACCESS)[number];
  /** In milliseconds. */
  readonly usageRetention: { readonly minute: number; readonly hour: number; readonly day: number };
};

export function readUsageConfig(read: ReadSetting): UsageConfig {
  return { metrics: read(METRICS), usageRetention: read(USAGE_RETENTION) };
}

/** `3h`, `32d`. */
function toMs(duration: string): number {
  return Number.parseInt(duration, 10) * (duration.endsWith("h") ? 3_600_000 : 86_400_000);
}
