import { describe, expect, it } from "@jest/globals";
import { errorText } from "../../src/cli/error-text.ts";
import { StoreLost } from "../../src/store/database/database-file.ts";
import { StoreFailure, toStoreError, unavailable } from "../../src/store/database/failure.ts";

/** As SQLite throws it. */
const anError = (errcode: number, message: string) => Object.assign(new Error(message), { errcode });

describe("the text of a failure of the store", () => {
  it.each<[string, unknown, RegExp]>([
    [
      "a lost file",
      new StoreLost("/data/a.db", "was removed or renamed"),
      /^The database \/data\/a\.db was removed .+\.$/,
    ],
    ["a lock", toStoreError(anError(5, "database is locked")), /^Another process holds .+: try again in a moment\.$/],
    ["a damaged file", toStoreError(anError(11, "malformed")), /\(malformed\): check the disk, or restore a backup\.$/],
    ["a system error", unavailable(new Error("EMFILE")), /\(EMFILE\): check the disk, or restore a backup\.$/],
    ["a cause that is not an error", unavailable(undefined), /\(undefined\): check the disk, or restore a backup\.$/],
  ])("is one line with the fix: %s", (_, failure, text) => {
    expect(failure).toBeInstanceOf(StoreFailure);
    expect(failure).toMatchObject({ cause: { message: expect.any(String) } });
    expect(errorText(failure)).toMatch(text);
    expect(errorText(failure)).not.toContain("\n");
  });
});
