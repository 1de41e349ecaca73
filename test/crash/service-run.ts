import { readdirSync, readlinkSync, realpathSync } from "node:fs";
import { Agent } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { type Child, startLatchkey } from "../support/process/child.ts";
import { call, type Place } from "./call.ts";

/** Measured from the start of the process. */
export type StartTimes = {
  /** Until the database is open. */
  readonly openMs: number;
  /** Until the first request with a key has its response. */
  readonly servedMs: number;
};

/** The service from a start to the next end. */
export type ServiceRun = Place & {
  readonly times: StartTimes;
  /** Has it been killed or stopped? */
  readonly isEnding: () => boolean;
  /** `kill -9`: resolves when the process is gone. */
  readonly kill: () => Promise<void>;
  /** Stops it in an orderly way. */
  readonly stop: () => Promise<void>;
};

/** Starts the real service on the database `path`; `secret` is that of a key in it. */
export async function startService(path: string, secret: string): Promise<ServiceRun> {
  const startedAt = performance.now();
  const settings = { PORT: "0", LOG_LEVEL: "info", LATCHKEY_MAX_KEYS_PER_CLIENT: "100000" };
  const child = startLatchkey(["serve"], { DATABASE_URL: `sqlite:${path}`, ...settings });
  const open = untilOpen(child, path);
  const [, url = ""] = await child.out.until(/"url":"([^"]+)"/).catch(async (cause) => {
    throw new Error(`It did not start again:\n${(await child.ended).err}`, { cause });
  });
  const agent = new Agent({ keepAlive: true });
  const { status } = await call({ url, agent }, { path: "/v1/key", secret });
  const servedMs = performance.now() - startedAt;
  if (status !== 200) throw new Error(`The first key got the status ${status}.`);

  let isEnding = false;
  const end = async (signal: "SIGKILL" | "SIGTERM") => {
    isEnding = true;
    child.process.kill(signal);
    await child.ended;
    agent.destroy();
  };
  return {
    url,
    agent,
    times: { openMs: (await open) - startedAt, servedMs },
    isEnding: () => isEnding,
    kill: () => end("SIGKILL"),
    stop: async () => {
      // Without open connections the stop does not have to wait.
      agent.destroy();
      await end("SIGTERM");
    },
  };
}

const LOOK_EVERY_MS = 2;

/** When the process opened the file, observed from outside the process. Needs Linux; NaN elsewhere. */
async function untilOpen({ process: child }: Child, path: string): Promise<number> {
  const file = realpathSync(path);
  let isRunning = true;
  child.once("exit", () => {
    isRunning = false;
  });
  while (isRunning && process.platform === "linux") {
    if (openFilesOf(child.pid).includes(file)) return performance.now();
    await wait(LOOK_EVERY_MS);
  }
  return Number.NaN;
}

function openFilesOf(pid: number | undefined): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).map((name) => linkOf(`${folder}/${name}`));
  } catch {
    // It has ended.
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // It was closed in the meantime.
    return "";
  }
}
