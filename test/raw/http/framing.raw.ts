import { beforeAll, describe } from "@jest/globals";
import { SCOPES } from "../../support/builders.ts";
import { aService } from "../../support/service.ts";
import { itResponds } from "../../support/wire/raw-cases.ts";
import { CHUNKS, EXPECTATIONS, HOSTS, LENGTHS, LINES, PIPELINES, VERSIONS } from "../cases/framing.ts";

const service = aService();
let secret = "";

beforeAll(async () => {
  ({ secret } = await service.issue({ client: "admin", scopes: SCOPES }));
});

describe("lengths", () => itResponds(service, () => secret, LENGTHS));
describe("chunks", () => itResponds(service, () => secret, CHUNKS));
describe("header lines", () => itResponds(service, () => secret, LINES));
describe("Host", () => itResponds(service, () => secret, HOSTS));
describe("versions and methods", () => itResponds(service, () => secret, VERSIONS));
describe("Expect", () => itResponds(service, () => secret, EXPECTATIONS));
describe("pipelines", () => itResponds(service, () => secret, PIPELINES));
