import { type ClientOptions, createClient } from "../../../packages/client/src/client.ts";
import { passingTime } from "../model/passing-time.ts";

/** A well-formed key that nobody issued. */
export const SOME_KEY = "lk_test_someKey";

/** The client whose waits are over at once, and what it waited and warned. Its random number is in the middle. */
export function aQuickClient<Paths extends {}>(options: Partial<ClientOptions> & Pick<ClientOptions, "baseUrl">) {
  const time = passingTime();
  const warnings: string[] = [];
  const client = createClient<Paths>({
    key: SOME_KEY,
    clock: time.clock,
    random: () => 0.5,
    warn: (warning) => warnings.push(warning),
    ...options,
  });
  return { client, warnings, ...time };
}
