import { beforeAll, describe } from "@jest/globals";
import { SCOPES } from "../support/builders.ts";
import { itAnswers } from "../support/raw-cases.ts";
import { aService } from "../support/service.ts";
import { BODIES, PARAMETERS, TARGETS } from "./request-cases.ts";

const service = aService();
let secret = "";

beforeAll(async () => {
  ({ secret } = await service.issue({ client: "admin", scopes: SCOPES }));
});

describe("targets", () => itAnswers(service, () => secret, TARGETS));
describe("parameters", () => itAnswers(service, () => secret, PARAMETERS));
describe("bodies", () => itAnswers(service, () => secret, BODIES));
