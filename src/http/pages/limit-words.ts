import type { Rules } from "../../auth/rule-book.ts";

/** Limits and quotas in words, for readers of the contract: `60 in 60 s for each key, 20 at once (perKey)`. */
export function wordsOf({ limits, quotas }: Rules): string {
  const words = [
    ...limits.map(
      ({ name, per, requests, windowSeconds, burst }) =>
        `${count(requests)} in ${windowSeconds} s ${FOR_WHOM[per]}, ${count(burst)} at once (\`${name}\`)`,
    ),
    ...quotas.map(
      ({ name, requests, period, isHard }) =>
        `${count(requests)} a ${period} for all keys of a client together (\`${name}\`${isHard ? "" : ", warning only"})`,
    ),
  ];
  return words.join("; ") || "none";
}

const FOR_WHOM = {
  key: "for each key",
  client: "for all keys of a client together",
  address: "from each address",
} as const;

/** `10000` → `10,000`. */
function count(units: number): string {
  return units.toLocaleString("en");
}

export function costWords(cost: number): string {
  if (cost === 0) return "Does not count towards limits.";
  return cost === 1 ? "" : `Each request counts as ${count(cost)}.`;
}
