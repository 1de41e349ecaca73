import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { typeOfMount } from "../../../src/store/database/database-place.ts";
import { startLatchkey } from "../../support/process/child.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const folder = temporaryFolder();
const listOn = (path: string) => startLatchkey(["keys", "list"], { DATABASE_URL: `sqlite:${path}` }).ended;

describe("a place where there can be no database", () => {
  it("is refused with its reason, and never waited for", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const file = join(folder, "file");
    writeFileSync(file, "");
    const places: readonly (readonly [string, RegExp])[] = [
      ["/proc/latchkey/keys.db", /cannot be opened \(ENOENT: .+'\/proc\/latchkey'\)/],
      ["/dev/null", /is a device or a pipe: point DATABASE_URL to a file/],
      ["/dev/zero", /is a device or a pipe: point DATABASE_URL to a file/],
      [pipe, /is a device or a pipe: point DATABASE_URL to a file/],
      [folder, /is a folder: point DATABASE_URL to a file/],
      [join(file, "keys.db"), /cannot be opened \((?:ENOTDIR|EEXIST)/],
    ];
    const ended = await Promise.all(places.map(([path]) => listOn(path)));
    for (const [index, [path, reason]] of places.entries()) {
      expect(ended[index]).toEqual({ code: 1, out: "", err: expect.stringMatching(reason) });
      expect(ended[index]?.err).toContain(`The database ${path} `);
    }
  });

  it("is not a folder that does not exist yet: that is made, for this user alone", async () => {
    const path = join(folder, "one", "two", "keys.db");
    expect(await listOn(path)).toMatchObject({ code: 0 });
    mkdirSync(join(folder, "there"));
    expect(await listOn(join(folder, "there", "keys.db"))).toMatchObject({ code: 0 });
  });
});

describe("the file system of a path", () => {
  const MOUNTS = [
    "/dev/sda1 / ext4 rw 0 0",
    "server:/srv /srv nfs4 rw 0 0",
    "tmpfs /srv/local tmpfs rw 0 0",
    "a /with\\040space fuse.sshfs rw 0 0",
    "b /twice ext4 rw 0 0",
    "c /twice cifs rw 0 0",
    "",
  ].join("\n");

  it.each([
    ["/data/keys.db", "ext4"],
    ["/srv", "nfs4"],
    ["/srv/keys.db", "nfs4"],
    ["/srvx/keys.db", "ext4"],
    ["/srv/local/keys.db", "tmpfs"],
    ["/with space/keys.db", "fuse.sshfs"],
    ["/twice/keys.db", "cifs"],
  ])("%s is that of the mount that is nearest above it", (path, type) => expect(typeOfMount(path, MOUNTS)).toBe(type));

  it("is unknown without a list of mounts", () => expect(typeOfMount("/data", "")).toBe(""));
});
