import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createSlots } from "../../src/lib/slots.ts";

describe("slots", () => {
  it("hold what was added and not taken out, whatever the order", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20 }), { maxLength: 100 }), (steps) => {
        const slots = createSlots<{ readonly id: number }>();
        const held: { readonly item: { readonly id: number }; readonly remove: () => void }[] = [];
        steps.forEach((step, id) => {
          const old = held[step];
          if (old === undefined) {
            const item = { id };
            held.push({ item, remove: slots.add(item) });
          } else {
            held.splice(step, 1);
            old.remove();
            old.remove();
          }
          const ids = (items: readonly { readonly id: number }[]) => items.map((one) => one.id).sort((a, b) => a - b);
          expect(ids(slots.items())).toEqual(ids(held.map(({ item }) => item)));
        });
      }),
    );
  });
});
