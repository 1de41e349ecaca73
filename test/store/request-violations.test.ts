import { describe, expect, it } from "@jest/globals";
import { openDatabase } from "../../src/store/database/database.ts";
import { addViolations, clearViolations, listViolations } from "../../src/store/request-violations.ts";
import type { ViolationCount } from "../../src/usage/violations.ts";

const aCount = (differences: Partial<ViolationCount> = {}): ViolationCount => ({
  operation: "listOrders",
  pointer: "#/query/limit",
  detail: "must be integer",
  count: 1,
  firstAt: 10,
  lastAt: 10,
  example: "GET /orders?limit=•••",
  ...differences,
});

describe("violations in the store", () => {
  it("are added up, with the latest example", async () => {
    const db = await openDatabase("sqlite::memory:");
    await addViolations(db, [aCount(), aCount({ operation: "other", count: 9 })]);
    await addViolations(db, [aCount({ count: 4, firstAt: 20, lastAt: 30, example: "later" })]);
    expect(await listViolations(db, "listOrders")).toEqual([aCount({ count: 5, lastAt: 30, example: "later" })]);
    await clearViolations(db, "listOrders");
    expect((await listViolations(db)).map(({ operation }) => operation)).toEqual(["other"]);
    await clearViolations(db);
    expect(await listViolations(db)).toEqual([]);
    await db.destroy();
  });

  it("are bounded: the rarest go first, of equally rare ones the oldest", async () => {
    const db = await openDatabase("sqlite::memory:");
    const kinds = [1, 2, 3, 4].map((n) => aCount({ pointer: `#/query/${n}`, lastAt: n }));
    await addViolations(db, [aCount({ count: 2, lastAt: 0 }), ...kinds], 3);
    expect((await listViolations(db)).map(({ pointer }) => pointer)).toEqual([
      "#/query/limit",
      "#/query/3",
      "#/query/4",
    ]);
    await db.destroy();
  });
});
