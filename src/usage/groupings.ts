/** What usage can be grouped and filtered by. */
export const GROUPINGS = ["client", "key", "environment", "operation", "statusClass", "code"] as const;

export type Grouping = (typeof GROUPINGS)[number];
