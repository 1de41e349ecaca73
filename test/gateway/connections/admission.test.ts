import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type AdmissionLimits, createAdmission } from "../../../src/gateway/connections/admission.ts";
import type { ConnectionRequest } from "../../../src/gateway/connections/shares.ts";

const request = (operation: string, client: string, isUpload = false): ConnectionRequest => ({
  operation,
  client,
  isUpload,
});
const many = (count: number, make: () => ConnectionRequest) => Array.from({ length: count }, make);

/** The same rules, counted again for each question: slow, and hard to get wrong. */
function aModel({ connections, places }: AdmissionLimits) {
  const held: ConnectionRequest[] = [];
  const waiting: ConnectionRequest[] = [];
  const of = (list: readonly ConnectionRequest[], key: "operation" | "client", { [key]: name }: ConnectionRequest) =>
    list.filter((one) => one[key] === name);
  const fits = (one: ConnectionRequest) => {
    const free = connections - held.length;
    const uploads = held.filter(({ isUpload }) => isUpload);
    const uploadConnections = Math.max(1, Math.floor(connections / 2));
    const hasShare = of(held, "operation", one).length < free && of(held, "client", one).length < 2 * free;
    return hasShare && (!one.isUpload || of(uploads, "client", one).length < uploadConnections - uploads.length);
  };
  const hasPlace = (one: ConnectionRequest) => {
    const free = places - waiting.length;
    return of(waiting, "operation", one).length < free && of(waiting, "client", one).length < 2 * free;
  };
  const heldFor = (one: ConnectionRequest) => of(held, "operation", one).length + of(held, "client", one).length;
  return { held, waiting, fits, hasPlace, heldFor };
}

const sizes = fc.record({ connections: fc.integer({ min: 1, max: 12 }), places: fc.integer({ min: 0, max: 12 }) });
const requests = fc.record({
  operation: fc.constantFrom("a", "b", "c"),
  client: fc.constantFrom("x", "y", "z"),
  isUpload: fc.boolean(),
});
const steps = fc.array(
  fc.oneof(fc.record({ enter: requests }), fc.record({ leave: fc.nat() }), fc.record({ giveUp: fc.nat() })),
  { maxLength: 120 },
);

const drop = (list: ConnectionRequest[], one: ConnectionRequest) => void list.splice(list.indexOf(one), 1);
const at = (list: readonly ConnectionRequest[], index: number) => list[index % Math.max(1, list.length)];

describe("the admission to connections", () => {
  it("follows the rules in every sequence of steps", () => {
    fc.assert(
      fc.property(sizes, steps, (size, all) => {
        const admission = createAdmission<ConnectionRequest>(size);
        const model = aModel(size);
        const leave = (one: ConnectionRequest) => {
          drop(model.held.includes(one) ? model.held : model.waiting, one);
          for (const admitted of admission.leave(one)) {
            const others = model.waiting.filter(model.fits).map(model.heldFor);
            expect(model.waiting).toContain(admitted);
            expect(model.fits(admitted)).toBe(true);
            expect(model.heldFor(admitted)).toBe(Math.min(...others));
            drop(model.waiting, admitted);
            model.held.push(admitted);
          }
        };
        for (const step of all) {
          if ("enter" in step) {
            const one = { ...step.enter };
            const expected = model.fits(one) ? "admitted" : model.hasPlace(one) ? "waiting" : "refused";
            expect(admission.enter(one)).toBe(expected);
            if (expected !== "refused") (expected === "admitted" ? model.held : model.waiting).push(one);
          } else {
            const one = "leave" in step ? at(model.held, step.leave) : at(model.waiting, step.giveUp);
            if (one !== undefined) leave(one);
          }
          expect(admission.size()).toEqual({ held: model.held.length, waiting: model.waiting.length });
          expect(model.held.length).toBeLessThanOrEqual(size.connections);
          expect(model.waiting.length).toBeLessThanOrEqual(size.places);
          // No request waits that could be admitted.
          expect(model.waiting.filter(model.fits)).toEqual([]);
        }
        // Never a deadlock: as connections are released, every waiting request gets one.
        while (model.held.length > 0) leave(model.held[0] as ConnectionRequest);
        expect(admission.size()).toEqual({ held: 0, waiting: 0 });
      }),
    );
  });

  it("always admits a request whose operation and client hold nothing, as long as a connection is free", () => {
    fc.assert(
      fc.property(sizes, fc.array(requests, { maxLength: 60 }), (size, all) => {
        const admission = createAdmission<ConnectionRequest>(size);
        for (const one of all) admission.enter({ ...one });
        if (admission.size().held < size.connections) expect(admission.enter(request("new", "new"))).toBe("admitted");
      }),
    );
  });
});

describe("of 256 connections", () => {
  const admission = () => createAdmission<ConnectionRequest>({ connections: 256, places: 2_048 });
  const admitted = (to: ReturnType<typeof admission>, asked: readonly ConnectionRequest[]) =>
    asked.filter((one) => to.enter(one) === "admitted").length;

  it("a slow operation takes half, and its client can still call another operation", () => {
    const to = admission();
    expect(
      admitted(
        to,
        many(600, () => request("slow", "x")),
      ),
    ).toBe(128);
    expect(
      admitted(
        to,
        many(100, () => request("fast", "x")),
      ),
    ).toBe(43);
    expect(
      admitted(
        to,
        many(100, () => request("fast", "y")),
      ),
    ).toBeGreaterThan(0);
  });

  it("two slow operations take a third each", () => {
    const to = admission();
    const both = Array.from({ length: 600 }, (_, turn) =>
      request(turn % 2 === 0 ? "slow" : "slower", `client ${turn}`),
    );
    expect(admitted(to, both)).toBeLessThanOrEqual(172);
    expect(
      admitted(
        to,
        many(100, () => request("fast", "y")),
      ),
    ).toBeGreaterThanOrEqual(42);
  });

  it("uploads take at most half, those of one client a quarter, and uploads of another client still get some", () => {
    const to = admission();
    expect(
      admitted(
        to,
        many(600, () => request("upload", "x", true)),
      ),
    ).toBe(64);
    expect(
      admitted(
        to,
        many(600, () => request("upload", "y", true)),
      ),
    ).toBe(32);
    const rest = Array.from({ length: 600 }, (_, turn) => request("upload", `client ${turn}`, true));
    expect(admitted(to, rest)).toBe(32);
    expect(
      admitted(
        to,
        many(600, () => request("upload", "z", true)),
      ),
    ).toBe(0);
    expect(
      admitted(
        to,
        many(60, () => request("other", "z")),
      ),
    ).toBe(60);
  });

  it("released ones go to those that hold the fewest, in turns", () => {
    const to = createAdmission<ConnectionRequest>({ connections: 2, places: 100 });
    const [busy, other] = [request("busy", "x"), request("other", "y")];
    expect([to.enter(busy), to.enter(other)]).toEqual(["admitted", "admitted"]);
    const [firstOfA, secondOfA, ofB] = [request("a", "v"), request("a", "v"), request("b", "w")];
    for (const one of [firstOfA, secondOfA, ofB]) expect(to.enter(one)).toBe("waiting");
    expect(to.leave(busy)).toEqual([firstOfA]);
    expect(to.leave(other)).toEqual([ofB]);
    expect(to.leave(firstOfA)).toEqual([secondOfA]);
  });
});
