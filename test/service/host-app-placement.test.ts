import { describe, expect, it } from "@jest/globals";
import express from "express";
import { hasInRoute, leadsTo } from "../../src/service/host-app-placement.ts";

const keys = () => {};
const other = () => {};

describe("where a middleware is mounted in an Express app", () => {
  it("is seen in a route, also in that of a router, or of a router in a route", () => {
    const app = express();
    expect(hasInRoute(app.use(keys), keys)).toBe(false);
    expect(hasInRoute(express().get("/a", other, keys), keys)).toBe(true);
    expect(hasInRoute(express().use("/sub", express.Router().post("/b", keys)), keys)).toBe(true);
    expect(hasInRoute(express().get("/c", express.Router().use(keys)), keys)).toBe(true);
    expect(hasInRoute(express().get("/d", other), keys)).toBe(false);
  });

  it("is seen in Express 4, which keeps its router elsewhere and throws when it is asked for it", () => {
    const layers = (handle: unknown) => ({ stack: [{ handle: other }, { route: { stack: [{ handle }] } }] });
    const app = Object.defineProperty(() => {}, "router", {
      get: () => {
        throw new Error("'app.router' is deprecated!");
      },
    });
    expect(hasInRoute(app, keys)).toBe(false);
    expect(hasInRoute(Object.assign(app, { _router: layers(keys) }), keys)).toBe(true);
    expect(hasInRoute({ _router: layers(other) }, keys)).toBe(false);
  });

  it("is not seen in what is neither an app nor a route", () => {
    expect(hasInRoute({}, keys)).toBe(false);
    expect(hasInRoute(() => {}, keys)).toBe(false);
    expect(leadsTo(undefined, keys)).toBe(false);
    expect(leadsTo({}, keys)).toBe(false);
  });
});
