import { type ClientOptions, createClient } from "../../../packages/client/src/client.ts";
import { simulatedTime } from "../model/simulated-time.ts";

/** A well-formed key that was never issued. */
export const SOME_KEY = "lk_test_someKey";

/** A client in simulated time, with its waits and warnings. Its random number is always 0.5. */
export function aQuickClient<Paths extends {}>(options: Partial<ClientOptions> & Pick<ClientOptions, "baseUrl">) {
  const time = simulatedTime();
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
