import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { temporaryFolder } from "../support/temporary.ts";

const NEEDED = ["podman", "mmdebstrap", "runc", "iptables", "curl", "ip", "unshare"];
const PACKAGES = "podman runc netavark iptables uidmap mmdebstrap curl iproute2 util-linux";
const MB = 1_000_000;

const folder = temporaryFolder(tmpdir());
const run = (command: string, ...words: readonly string[]) =>
  execFileSync(command, words, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).trim();

let bytes = 0;
let seen: Readonly<Record<string, string>> = {};

beforeAll(() => {
  const missing = NEEDED.filter((name) => run("sh", "-c", `command -v ${name} || true`) === "");
  if (missing.length > 0) throw new Error(`${missing.join(", ")} missing: as root, apt-get install ${PACKAGES}`);

  bytes = Number(run("bash", join(import.meta.dirname, "build.sh"), folder));
  const lines = run("unshare", "--net", "bash", join(import.meta.dirname, "run.sh")).split("\n");
  seen = Object.fromEntries(lines.map((line) => [line.split(" ", 1)[0], line.slice(line.indexOf(" ") + 1)]));
});

describe("the image of the Containerfile", () => {
  it("has at most 120 MB, compressed", () => {
    expect(bytes).toBeGreaterThan(20 * MB);
    expect(bytes).toBeLessThan(120 * MB);
  });

  it("responds to the first call from the host, and refuses one without a key", () => {
    expect(JSON.parse(seen["call"] ?? "")).toEqual({ message: "Access granted", data: [1, 2, 3] });
    expect(seen["keyless"]).toBe("401");
  });

  it("is not root, has no shell, and cannot write to its own files", () => {
    expect(seen).toMatchObject({ user: "1000", shell: "false", write: "EROFS" });
  });

  it("passes its health check, and stops in order as process 1", () => {
    expect(seen).toMatchObject({ healthcheck: "passed", exit: "0" });
  });
});
