import { beforeAll, describe } from "@jest/globals";
import { SCOPES } from "../../support/builders.ts";
import { aService } from "../../support/service.ts";
import { itResponds } from "../../support/wire/raw-cases.ts";
import { BODIES, PARAMETERS, TARGETS } from "../cases/requests.ts";

const service = aService();
let secret = "";

beforeAll(async () => {
  ({ secret } = await service.issue({ client: "admin", scopes: SCOPES }));
});

describe("targets", () => itResponds(service, () => secret, TARGETS));
describe("parameters", () => itResponds(service, () => secret, PARAMETERS));
describe("bodies", () => itResponds(service, () => secret, BODIES));
