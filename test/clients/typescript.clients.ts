import { describeClient } from "../support/programs/clients.ts";
import { packClient } from "../support/programs/packed.ts";

describeClient({
  page: "typescript.md",
  programs: { npm: "it comes with Node" },
  prepare: packClient,
  generated: ["schema.ts", "latchkey"],
  files: {
    "openapi-fetch.ts": "openapi-fetch-driver.ts",
    "hey-api.ts": "hey-api-driver.ts",
    "tsconfig.json": "tsconfig.json",
  },
  compile: "npx tsc",
  shownCalls: 3,
  drivers: { "openapi-typescript": "node openapi-fetch-driver.ts", "Hey API": "node hey-api-driver.ts" },
});
