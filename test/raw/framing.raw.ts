import { beforeAll, describe } from "@jest/globals";
import { SCOPES } from "../support/builders.ts";
import { aService } from "../support/service.ts";
import { itAnswers } from "../support/wire/raw-cases.ts";
import { CHUNKS, EXPECTATIONS, HOSTS, LENGTHS, LINES, PIPELINES, VERSIONS } from "./cases/framing.ts";

const service = aService();
let secret = "";

beforeAll(async () => {
  ({ secret } = await service.issue({ client: "admin", scopes: SCOPES }));
});

describe("lengths", () => itAnswers(service, () => secret, LENGTHS));
describe("chunks", () => itAnswers(service, () => secret, CHUNKS));
describe("header lines", () => itAnswers(service, () => secret, LINES));
describe("Host", () => itAnswers(service, () => secret, HOSTS));
describe("versions and methods", () => itAnswers(service, () => secret, VERSIONS));
describe("Expect", () => itAnswers(service, () => secret, EXPECTATIONS));
describe("pipelines", () => itAnswers(service, () => secret, PIPELINES));
