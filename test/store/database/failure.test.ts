import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "@jest/globals";
import { primaryCodeOf, StoreFailure, toStoreError } from "../../../src/store/database/failure.ts";

/** What SQLite itself throws. */
function thrownBy(work: (file: DatabaseSync) => unknown): unknown {
  const file = new DatabaseSync(":memory:");
  try {
    work(file);
  } catch (error) {
    return error;
  }
  throw new Error("Nothing was thrown.");
}

const CLOSED = thrownBy((file) => {
  file.close();
  file.prepare("SELECT 1");
});
const MISTAKEN = thrownBy((file) => file.prepare("SELECT nonsense FROM nowhere"));
const CONSTRAINED = thrownBy((file) => file.exec("CREATE TABLE t (x UNIQUE); INSERT INTO t VALUES (1), (1)"));

/** As SQLite throws it, for what takes a broken disk to make it happen. */
const anError = (errcode: number) => Object.assign(new Error("broken"), { code: "ERR_SQLITE_ERROR", errcode });

describe("what SQLite throws", () => {
  it.each([
    ["a wrong statement", MISTAKEN],
    ["a broken constraint", CONSTRAINED],
    ["a wrong type", anError(20)],
    ["something that is not SQLite's", new TypeError("undefined is not a function")],
  ])("is not converted when it is %s, which is a bug", (_, error) => {
    expect(toStoreError(error)).toBe(error);
  });

  it.each([
    ["a closed database", CLOSED, false],
    ["a lock", anError(5), true],
    ["a lock during recovery", anError(261), true],
    ["a snapshot that is too old", anError(517), true],
    ["a locked table", anError(6), true],
    ["a read that failed", anError(266), false],
    ["a damaged file", anError(11), false],
    ["a full disk", anError(13), false],
  ])("is an outage of the store when it is %s", (_, cause, isBusy) => {
    const failure = toStoreError(cause);
    expect(failure).toBeInstanceOf(StoreFailure);
    expect(failure).toMatchObject({ isBusy, cause });
    expect((failure as StoreFailure).message).toBe("The store is unavailable.");
  });

  it("is known by its primary code, with any extended code", () => {
    expect([CLOSED, MISTAKEN, CONSTRAINED, anError(517), new Error("no")].map(primaryCodeOf)).toEqual([
      0,
      1,
      19,
      5,
      undefined,
    ]);
  });
});
