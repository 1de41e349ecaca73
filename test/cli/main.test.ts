import { existsSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { type Child, LATCHKEY, startChild, startLatchkey } from "../support/process/child.ts";
import { runCaptured } from "../support/process/program.ts";
import { temporaryFolder } from "../support/temporary.ts";

const folder = temporaryFolder();
const settingsFor = (name: string) => ({ PORT: "0", DATABASE_URL: `sqlite:${join(folder, name)}` });
const environment = settingsFor("latchkey.db");

const latchkey = (words: string) => startLatchkey(words.split(" "), environment).ended;
/** The same on the same database, without the time that a process takes to start. */
const inProcess = (words: string) => runCaptured(words.split(" "), { environment });

type Service = { readonly child: Child; readonly port: number };

async function aServiceProcess(settings: Readonly<Record<string, string>> = environment): Promise<Service> {
  const child = startLatchkey(["serve"], settings);
  const [, port] = await child.out.until(/"url":"http:\/\/127\.0\.0\.1:(\d+)"/);
  return { child, port: Number(port) };
}

const call = async ({ port }: Service, path: string, secret: string) =>
  (await fetch(`http://127.0.0.1:${port}${path}`, { headers: { "x-api-key": secret } })).status;

/** Does a process listen on this port? */
const isOpen = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
    socket.unref().on("connect", () => socket.destroy());
  });

/** Sends a request but for its last byte; `finish` sends that, and reads all that comes back. */
async function aRequestInFlight({ port }: Service, secret: string) {
  const body = JSON.stringify({ name: `late ${port}` });
  const lines = ["POST /v1/clients HTTP/1.1", "Host: localhost", "Content-Type: application/json"];
  const head = [...lines, `Content-Length: ${body.length}`, `x-api-key: ${secret}`].join("\r\n");
  const socket = connect(port, "127.0.0.1").setEncoding("latin1");
  const answer = new Promise<string>((resolve, reject) => {
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("end", () => resolve(text)).on("error", reject);
  });
  await new Promise((resolve) => socket.write(`${head}\r\n\r\n${body.slice(0, -1)}`, resolve));
  return {
    finish: () => {
      socket.write(body.slice(-1));
      return answer;
    },
  };
}

let service: Service;
let secondService: Service;
let admin = "";

beforeAll(async () => {
  [service, secondService] = await Promise.all([aServiceProcess(), aServiceProcess()]);
  const { code, out, err } = await inProcess("keys create --admin --scope data:read --json");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  admin = JSON.parse(out).secret;
});

describe("a running service", () => {
  it("has printed no secret, and how to create a key", () => {
    expect(service.child.out.text()).not.toMatch(/lk_(live|test)_/);
    expect(service.child.out.text()).toMatch(/npm run -s latchkey -- keys create --client my-app --create-client/);
    expect(service.child.err.text()).toBe("");
  });

  it("accepts a key from the command line at its next request, and refuses it at the next after it was revoked", async () => {
    const words = "keys create --client NAME --create-client --scope data:read --scope info:read --json";
    const { key, secret } = JSON.parse((await inProcess(words)).out);
    expect(await call(service, "/data", secret)).toBe(200);

    expect(await latchkey(`keys revoke ${key.id} --yes`)).toMatchObject({
      code: 0,
      err: expect.stringMatching(/^Wrote to .+\.\n$/),
    });
    expect(await call(service, "/data", secret)).toBe(401);
    expect(await call(service, "/data", admin)).toBe(200);
  });

  it("logs no secret", () => {
    expect(service.child.out.text()).not.toContain(admin);
  });
});

describe("a command without a terminal", () => {
  it("does not wait for a confirmation", async () => {
    expect(await latchkey("keys revoke key_aaaaaaaaaaaaaaaaaaaa")).toEqual({
      code: 2,
      out: "",
      err: "No terminal to ask for confirmation: add --yes.\n",
    });
  });
});

const SCRIPT = "/usr/bin/script";
// Left out where nothing can play the terminal; in CI that would be a failure.
const onTerminal = existsSync(SCRIPT) || process.env["CI"] !== undefined ? it : it.skip;

/** The command line at a terminal of its own; what is written to the process is typed there. */
function atTerminal(words: readonly string[], settings: Readonly<Record<string, string>>): Child {
  const command = [...LATCHKEY, ...words].map((word) => `'${word}'`).join(" ");
  return startChild([SCRIPT, "-qec", `exec ${command}`, "/dev/null"], { ...settings, SHELL: "/bin/sh" });
}

const [CTRL_C, CTRL_D] = ["\u0003", "\u0004"];

describe("at a terminal", () => {
  onTerminal("latchkey serve prints two keys that work, and stops at Ctrl+C", async () => {
    const child = atTerminal(["serve"], settingsFor("terminal.db"));
    const [, port] = await child.out.until(/Try the API in a browser: http:\/\/127\.0\.0\.1:(\d+)/);
    const here = { child, port: Number(port) };
    const [, demo = ""] = /demo key +(lk_test_\w+)/.exec(child.out.text()) ?? [];
    const [, first = ""] = /admin key +(lk_live_\w+)/.exec(child.out.text()) ?? [];
    expect(await call(here, "/data", demo)).toBe(200);
    expect(await call(here, "/v1/keys", first)).toBe(200);
    child.process.stdin?.write(CTRL_C);
    expect((await child.ended).code).toBe(0);
  });

  onTerminal.each([
    ["Ctrl+C", CTRL_C, 1, "active"],
    ["Ctrl+D", CTRL_D, 1, "active"],
    ["yes", "yes\r", 0, "revoked"],
  ])("latchkey keys revoke asks, and after %s", async (_, typed, code, state) => {
    const { key } = JSON.parse((await inProcess("keys create --admin --json")).out);
    const child = atTerminal(["keys", "revoke", key.id], environment);
    await child.out.until(/for good\? \[y\/N\] /);
    child.process.stdin?.write(typed);
    const ended = await child.ended;
    expect(ended.code).toBe(code);
    expect(ended.out).toMatch(code === 0 ? /Revoked key_\w+\. .+\r\n$/ : /Nothing was revoked\.\r\n$/);
    expect(ended.out).not.toContain("    at ");
    expect(JSON.parse((await inProcess(`keys show ${key.id} --json`)).out).state).toBe(state);
  });
});

describe.each(["SIGTERM", "SIGINT"] as const)("a service that gets %s", (signal) => {
  it("closes its port, finishes the request in flight, and leaves with 0", async () => {
    const here = signal === "SIGTERM" ? service : secondService;
    const request = await aRequestInFlight(here, admin);
    // A later request got its response, so the earlier request has arrived; and its connection stays open, idle.
    expect(await call(here, "/data", admin)).toBe(200);
    here.child.process.kill(signal);
    // With a pause, because the service keeps listening while connections arrive.
    while (await isOpen(here.port)) await wait(250);

    expect(await request.finish()).toMatch(/^HTTP\/1\.1 201 .+"name":"late \d+"/s);
    const { code, out, err } = await here.child.ended;
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/"msg":"stopped"\}\n$/);
  });
});
