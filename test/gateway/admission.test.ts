import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type AdmissionSizes, type Ask, createAdmission } from "../../src/gateway/admission.ts";

const ask = (operation: string, client: string, isUpload = false): Ask => ({ operation, client, isUpload });
const many = (count: number, make: () => Ask) => Array.from({ length: count }, make);

/** The same rules, counted anew for every question: slow, and hard to get wrong. */
function aModel({ slots, places }: AdmissionSizes) {
  const held: Ask[] = [];
  const waiting: Ask[] = [];
  const of = (list: readonly Ask[], key: "operation" | "client", { [key]: name }: Ask) =>
    list.filter((one) => one[key] === name);
  const fits = (one: Ask) => {
    const free = slots - held.length;
    const uploads = held.filter(({ isUpload }) => isUpload);
    const uploadSlots = Math.max(1, Math.floor(slots / 2));
    const hasShare = of(held, "operation", one).length < free && of(held, "client", one).length < 2 * free;
    return hasShare && (!one.isUpload || of(uploads, "client", one).length < uploadSlots - uploads.length);
  };
  const hasPlace = (one: Ask) => {
    const free = places - waiting.length;
    return of(waiting, "operation", one).length < free && of(waiting, "client", one).length < 2 * free;
  };
  const heldFor = (one: Ask) => of(held, "operation", one).length + of(held, "client", one).length;
  return { held, waiting, fits, hasPlace, heldFor };
}

const sizes = fc.record({ slots: fc.integer({ min: 1, max: 12 }), places: fc.integer({ min: 0, max: 12 }) });
const asks = fc.record({
  operation: fc.constantFrom("a", "b", "c"),
  client: fc.constantFrom("x", "y", "z"),
  isUpload: fc.boolean(),
});
const steps = fc.array(
  fc.oneof(fc.record({ enter: asks }), fc.record({ leave: fc.nat() }), fc.record({ giveUp: fc.nat() })),
  { maxLength: 120 },
);

const drop = (list: Ask[], one: Ask) => void list.splice(list.indexOf(one), 1);
const at = (list: readonly Ask[], index: number) => list[index % Math.max(1, list.length)];

describe("who may take a connection", () => {
  it("is decided by the rules, one step after the other, whatever comes", () => {
    fc.assert(
      fc.property(sizes, steps, (size, all) => {
        const admission = createAdmission<Ask>(size);
        const model = aModel(size);
        const leave = (one: Ask) => {
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
          expect(model.held.length).toBeLessThanOrEqual(size.slots);
          expect(model.waiting.length).toBeLessThanOrEqual(size.places);
          // No one waits who could go on.
          expect(model.waiting.filter(model.fits)).toEqual([]);
        }
        // Never a deadlock: as connections come back, all who wait get theirs.
        while (model.held.length > 0) leave(model.held[0] as Ask);
        expect(admission.size()).toEqual({ held: 0, waiting: 0 });
      }),
    );
  });

  it("is always someone who holds nothing, as long as anything is free", () => {
    fc.assert(
      fc.property(sizes, fc.array(asks, { maxLength: 60 }), (size, all) => {
        const admission = createAdmission<Ask>(size);
        for (const one of all) admission.enter({ ...one });
        if (admission.size().held < size.slots) expect(admission.enter(ask("new", "new"))).toBe("admitted");
      }),
    );
  });
});

describe("of 256 connections", () => {
  const admission = () => createAdmission<Ask>({ slots: 256, places: 2_048 });
  const admitted = (to: ReturnType<typeof admission>, forwardAuth: readonly Ask[]) =>
    forwardAuth.filter((one) => to.enter(one) === "admitted").length;

  it("a slow operation takes half, and its own client goes on at another one", () => {
    const to = admission();
    expect(
      admitted(
        to,
        many(600, () => ask("slow", "x")),
      ),
    ).toBe(128);
    expect(
      admitted(
        to,
        many(100, () => ask("fast", "x")),
      ),
    ).toBe(43);
    expect(
      admitted(
        to,
        many(100, () => ask("fast", "y")),
      ),
    ).toBeGreaterThan(0);
  });

  it("two slow operations take a third each", () => {
    const to = admission();
    const both = Array.from({ length: 600 }, (_, turn) => ask(turn % 2 === 0 ? "slow" : "slower", `client ${turn}`));
    expect(admitted(to, both)).toBeLessThanOrEqual(172);
    expect(
      admitted(
        to,
        many(100, () => ask("fast", "y")),
      ),
    ).toBeGreaterThanOrEqual(42);
  });

  it("uploads take half at most, one client's a quarter, and another's uploads still find some", () => {
    const to = admission();
    expect(
      admitted(
        to,
        many(600, () => ask("upload", "x", true)),
      ),
    ).toBe(64);
    expect(
      admitted(
        to,
        many(600, () => ask("upload", "y", true)),
      ),
    ).toBe(32);
    const rest = Array.from({ length: 600 }, (_, turn) => ask("upload", `client ${turn}`, true));
    expect(admitted(to, rest)).toBe(32);
    expect(
      admitted(
        to,
        many(600, () => ask("upload", "z", true)),
      ),
    ).toBe(0);
    expect(
      admitted(
        to,
        many(60, () => ask("other", "z")),
      ),
    ).toBe(60);
  });

  it("those that come back go to who holds least, in turns", () => {
    const to = createAdmission<Ask>({ slots: 2, places: 100 });
    const [busy, other] = [ask("busy", "x"), ask("other", "y")];
    expect([to.enter(busy), to.enter(other)]).toEqual(["admitted", "admitted"]);
    const [firstOfA, secondOfA, ofB] = [ask("a", "v"), ask("a", "v"), ask("b", "w")];
    for (const one of [firstOfA, secondOfA, ofB]) expect(to.enter(one)).toBe("waiting");
    expect(to.leave(busy)).toEqual([firstOfA]);
    expect(to.leave(other)).toEqual([ofB]);
    expect(to.leave(firstOfA)).toEqual([secondOfA]);
  });
});
