import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { DOCUMENT } from "../../support/model/declared.ts";
import { ROOT } from "../../support/programs/packed.ts";
import { temporaryFolder } from "../../support/temporary.ts";

type Finding = { readonly code: string; readonly path: readonly string[] };

const path = join(temporaryFolder(), "changed.json");

it("the rules of OWASP about limits are on: what an answer leaves out of them is found", () => {
  // biome-ignore lint/suspicious/noExplicitAny: what is changed here is deep inside, and known to be there.
  const document: any = structuredClone(DOCUMENT);
  const { paths, components } = document;
  delete paths["/data"].get.responses["200"].headers.RateLimit;
  delete paths["/info"].get.responses["429"];
  delete components.responses.TooManyRequests.headers["Retry-After"];
  writeFileSync(path, JSON.stringify(document));
  const words = ["lint", path, "--ruleset", join(ROOT, ".spectral.yaml"), "--format", "json", "--quiet"];
  const { stdout } = spawnSync(join(ROOT, "node_modules/.bin/spectral"), words, { encoding: "utf8" });

  const found = (JSON.parse(stdout) as readonly Finding[]).map(({ code, path: place }) => `${code} ${place.join(" ")}`);
  expect(found).toContain("owasp:api4:2023-rate-limit paths /data get responses 200 headers");
  expect(found).toContain("owasp:api4:2023-rate-limit-responses-429 paths /info get responses");
  expect(found).toContain("owasp:api4:2023-rate-limit-retry-after components responses TooManyRequests headers");
});
