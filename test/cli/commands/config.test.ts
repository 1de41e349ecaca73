import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { LATCHKEY, startChild } from "../../support/process/child.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const root = temporaryFolder();

function aFolder(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(root, name);
  mkdirSync(folder);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return folder;
}

const latchkey = (folder: string, words: string, environment: Readonly<Record<string, string>> = {}) =>
  startChild([...LATCHKEY, ...words.split(" ")], environment, folder).ended;

type Shown = {
  readonly file: string | null;
  readonly settings: readonly { readonly variable: string; readonly value: unknown; readonly source: object }[];
};

async function shown(folder: string, words: string, environment: Readonly<Record<string, string>> = {}) {
  const { code, out, err } = await latchkey(folder, words, environment);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const { file, settings }: Shown = JSON.parse(out);
  return { file, of: (name: string) => settings.find(({ variable }) => variable === name) };
}

describe("latchkey config show", () => {
  it("tells each value and where it comes from, and hides secrets", async () => {
    const folder = aFolder("show", { "latchkey.yaml": "\nport: 9001\ncontract: api.yaml\n" });
    const secret = "0123456789abcdef0123456789abcdef";
    const environment = { LATCHKEY_UPSTREAM_SECRET: secret, HOST: "::1" };
    const { code, out, err } = await latchkey(folder, "config show", environment);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^port +9001 +latchkey\.yaml:2$/m);
    expect(out).toMatch(/^contract +api\.yaml +latchkey\.yaml:3$/m);
    expect(out).toMatch(/^host +::1 +environment \(HOST\)$/m);
    expect(out).toMatch(/^brand +lk +default$/m);
    expect(out).toMatch(/^LATCHKEY_UPSTREAM_SECRET +\(hidden\) +environment \(LATCHKEY_UPSTREAM_SECRET\)$/m);
    expect(out).not.toContain(secret);

    const { file, of } = await shown(folder, "config show --json", environment);
    expect(file).toBe("latchkey.yaml");
    const place = { kind: "file", file: "latchkey.yaml", line: 2, column: 7 };
    expect(of("PORT")).toEqual({ name: "port", variable: "PORT", value: "9001", source: place });
    expect(of("LATCHKEY_UPSTREAM_SECRET")).toMatchObject({ value: null, isHidden: true });
  });

  it("takes --config before and after the command, and LATCHKEY_CONFIG", async () => {
    const folder = aFolder("named", { "latchkey.yaml": "port: 1", "other.yaml": "port: 2", "third.yaml": "port: 3" });
    const port = async (words: string, environment = {}) => (await shown(folder, words, environment)).of("PORT")?.value;
    expect(await port("config show --json")).toBe("1");
    expect(await port("config show --json", { LATCHKEY_CONFIG: "third.yaml" })).toBe("3");
    expect(await port("config show --json --config other.yaml", { LATCHKEY_CONFIG: "third.yaml" })).toBe("2");
    expect(await port("--config other.yaml config show --json")).toBe("2");
  });
});

describe("latchkey config check", () => {
  it("counts the settings, and names the file", async () => {
    const folder = aFolder("sound", { "latchkey.yaml": "port: 1\nhost: a\n" });
    expect(await latchkey(folder, "config check")).toEqual({
      code: 0,
      out: "No mistakes: 2 settings differ from the defaults; latchkey.yaml.\n",
      err: "",
    });
  });

  it("fails with every mistake", async () => {
    const folder = aFolder("unsound", { "latchkey.yaml": "prot: 1\nhost: []\n" });
    expect(await latchkey(folder, "config check", { LOG_LEVEL: "loud" })).toEqual({
      code: 1,
      out: "",
      err: expect.stringMatching(
        /^latchkey\.yaml:1:1: prot is not a setting: use port\.\nlatchkey\.yaml:2:7: host is not valid.+\nLOG_LEVEL is not valid.+\n$/,
      ),
    });
  });

  it("names a file that would be overlooked", async () => {
    const folder = aFolder("overlooked", { "latchkey.yml": "port: 1\n" });
    const { code, err } = await latchkey(folder, "config check");
    expect({ code, err }).toEqual({ code: 1, err: "latchkey.yml is not read: rename it to latchkey.yaml.\n" });
  });
});

describe("the settings file", () => {
  it("is read by the service and by every command alike", async () => {
    const folder = aFolder("alike", { "latchkey.yaml": "port: 0\ndatabaseUrl: sqlite:own/keys.db\nlogLevel: info\n" });
    const created = await latchkey(folder, "keys create --client acme --create-client --scope data:read --json");
    const { secret } = JSON.parse(created.out);
    const service = startChild([...LATCHKEY, "serve"], {}, folder);
    const [, url] = await service.out.until(/"url":"([^"]+)"/);
    expect((await fetch(`${url}/data`, { headers: { "x-api-key": secret } })).status).toBe(200);
    service.process.kill("SIGTERM");
    expect((await service.ended).code).toBe(0);
    expect(readFileSync(join(folder, "own/keys.db")).length).toBeGreaterThan(0);
  });

  it.each(["serve", "keys list", "contract check", "backup x.db", "usage"])(
    "with a mistake stops %s",
    async (words) => {
      const folder = aFolder(`stops-${words.replaceAll(/\W/g, "-")}`, { "latchkey.yaml": "prot: 1\n" });
      const { code, err } = await latchkey(folder, words);
      expect({ code, err }).toEqual({ code: 1, err: "latchkey.yaml:1:1: prot is not a setting: use port.\n" });
    },
  );

  it("gives the workers of a cluster the settings of their primary, options too", async () => {
    const folder = aFolder("cluster", { "latchkey.yaml": "port: 0\nbrand: acme\nworkers: 2\n" });
    const service = startChild([...LATCHKEY, "serve", "--workers", "1"], {}, folder);
    await service.out.until(/"url":"([^"]+)"/);
    expect(service.out.text()).not.toContain("worker");
    service.process.kill("SIGTERM");
    await service.ended;

    const two = startChild([...LATCHKEY, "serve"], { DATABASE_URL: "sqlite:two.db" }, folder);
    const [, url] = await two.out.until(/"url":"([^"]+)"/);
    writeFileSync(join(folder, "latchkey.yaml"), "prot: 1\n");
    const made = await latchkey(folder, "keys create --client a --create-client --scope data:read --json", {
      DATABASE_URL: "sqlite:two.db",
      LATCHKEY_CONFIG: aFolder("empty", { "none.yaml": "" }).concat("/none.yaml"),
    });
    const { secret } = JSON.parse(made.out);
    expect((await fetch(`${url}/data`, { headers: { "x-api-key": secret } })).status).toBe(200);
    two.process.kill("SIGTERM");
    expect((await two.ended).code).toBe(0);
  });
});
