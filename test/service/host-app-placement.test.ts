import { describe, expect, it } from "@jest/globals";
import express from "express";
import { isMountedInRoute, leadsTo } from "../../src/service/host-app-placement.ts";

const keys = () => {};
const other = () => {};

describe("where a middleware is mounted in an Express app", () => {
  it("is seen in a route, also in that of a router, or of a router in a route", () => {
    const app = express();
    expect(isMountedInRoute(app.use(keys), keys)).toBe(false);
    expect(isMountedInRoute(express().get("/a", other, keys), keys)).toBe(true);
    expect(isMountedInRoute(express().use("/sub", express.Router().post("/b", keys)), keys)).toBe(true);
    expect(isMountedInRoute(express().get("/c", express.Router().use(keys)), keys)).toBe(true);
    expect(isMountedInRoute(express().get("/d", other), keys)).toBe(false);
  });

  it("is seen in Express 4, which keeps its router elsewhere and throws when it is asked for it", () => {
    const layers = (handle: unknown) => ({ stack: [{ handle: other }, { route: { stack: [{ handle }] } }] });
    const app = Object.defineProperty(() => {}, "router", {
      get: () => {
        throw new Error("'app.router' is deprecated!");
      },
    });
    expect(isMountedInRoute(app, keys)).toBe(false);
    expect(isMountedInRoute(Object.assign(app, { _router: layers(keys) }), keys)).toBe(true);
    expect(isMountedInRoute({ _router: layers(other) }, keys)).toBe(false);
  });

  it("is not seen in what is neither an app nor a route", () => {
    expect(isMountedInRoute({}, keys)).toBe(false);
    expect(isMountedInRoute(() => {}, keys)).toBe(false);
    expect(leadsTo(undefined, keys)).toBe(false);
    expect(leadsTo({}, keys)).toBe(false);
  });
});
