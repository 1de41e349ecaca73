import { beforeAll } from "@jest/globals";
import request from "supertest";
import { SCOPES } from "./builders.ts";
import type { TestService } from "./service.ts";

/** Calls `service` with the key of a client `admin` that has all scopes, or with another key. */
export function anAdmin(service: TestService) {
  let admin = "";
  beforeAll(async () => {
    ({ secret: admin } = await service.issue({ client: "admin", scopes: SCOPES }));
  });
  const get = (path: string, secret = admin) => request(service.url).get(path).set("x-api-key", secret);
  const post = (path: string, body: object = {}, secret = admin) =>
    request(service.url).post(path).set("x-api-key", secret).send(body);
  /** @param ifMatch an empty text leaves the header out. */
  const patch = (path: string, body: object, ifMatch = "*", secret = admin) =>
    request(service.url)
      .patch(path)
      .set({ "x-api-key": secret, ...(ifMatch !== "" && { "If-Match": ifMatch }) })
      .send(body);
  return { get, post, patch };
}
