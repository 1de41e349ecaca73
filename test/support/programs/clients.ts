import { beforeAll, describe, expect, it } from "@jest/globals";
import { SCENARIO, type Step } from "../../clients/scenario.ts";
import { SCOPES } from "../builders.ts";
import { type Driver, startDriver } from "../process/driver.ts";
import { aService } from "../service.ts";
import { aProject, type ProjectOptions } from "./project.ts";

export type ClientPageOptions = ProjectOptions & {
  /** Compiles everything, with warnings as errors where the language has them. */
  readonly compile: string;
  /** Generator → how its driver is started. */
  readonly drivers: Readonly<Record<string, string>>;
  /** How often the page makes its calls; by default once with each driver. */
  readonly shownCalls?: number;
};

/** Includes slow downloads. */
const FOLLOWED_WITHIN_MS = 300_000;
const MANY_KEYS = 250;
const HOUR_MS = 3_600_000;

/** Follows a page from an empty folder, as a new user would, and runs the scenario with the resulting client. */
export function describeClient(options: ClientPageOptions) {
  const service = aService({ LATCHKEY_MAX_KEYS_PER_CLIENT: "300" });
  const project = aProject(options);
  let admin = "";
  let isFollowed = false;

  beforeAll(async () => {
    ({ secret: admin } = await service.issue({ client: "admin", scopes: SCOPES }));
    for (let number = 1; number <= MANY_KEYS; number++)
      await service.issue({ client: "many", name: `number ${number}` });
  });

  describe(`the page clients/${options.page}`, () => {
    const follow = async () => {
      const out = await project.follow(service.url, admin);
      for (const line of ["Welcome! Here is your secret data.", "251 keys", "request-invalid at #/name"])
        expect(out.split(line)).toHaveLength((options.shownCalls ?? Object.keys(options.drivers).length) + 1);
      isFollowed = true;
    };
    it("leads from an empty folder to its calls in less than five minutes", follow, FOLLOWED_WITHIN_MS);

    const compile = () => project.run(options.compile);
    it("has code that compiles without a warning, beside what was generated", compile, FOLLOWED_WITHIN_MS);
  });

  describe.each(Object.entries(options.drivers))("a client by %s", (generator, command) => {
    const known: Record<string, unknown> = {};
    let driver: Driver;
    beforeAll(() => {
      if (!isFollowed) throw new Error("The page did not lead to a client.");
      Object.assign(known, { admin, many: "many", stranger: `made by ${generator}` });
      known["hourAgo"] = new Date(Date.now() - HOUR_MS).toISOString();
      driver = startDriver(project.start(command, service.url));
    });

    it.each(SCENARIO.map((step): [string, Step] => [step.title, step]))("%s", async (_title, step) => {
      const startedAt = performance.now();
      const seen = await driver(withKnown(step.ask, known));
      const tookMs = performance.now() - startedAt;
      expect(seen).toMatchObject(withKnown(step.see, known));
      expect(tookMs).toBeGreaterThanOrEqual(step.atLeastMs ?? 0);
      for (const [name, part] of Object.entries(step.keep ?? {})) known[name] = seen[part];
    });
  });
}

/** Replaces each `$name` in `words` by its value. */
function withKnown(words: Readonly<Record<string, unknown>>, known: Readonly<Record<string, unknown>>) {
  const filled = (word: unknown) => (typeof word === "string" && word.startsWith("$") ? known[word.slice(1)] : word);
  return Object.fromEntries(Object.entries(words).map(([name, word]) => [name, filled(word)]));
}
