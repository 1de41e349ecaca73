/** How many counters of limits a process holds. The primary of a cluster reports the same metric for its own limiter. */
export const LIMITER_BUCKETS = { name: "latchkey_limiter_buckets", help: "Buckets of limits in memory." };
