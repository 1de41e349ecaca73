import { readdirSync, readlinkSync, realpathSync } from "node:fs";
import { Agent } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { type Child, startLatchkey } from "../support/process/child.ts";
import { call, type Place } from "./call.ts";

/** Counted from the start of the process. After a kill that comes at once, but for the copy that `timeOpening` makes. */
export type StartTimes = {
  /** Until it has the database open. */
  readonly openMs: number;
  /** Until somebody with a key was answered. */
  readonly servedMs: number;
};

/** The service from one start to one end. */
export type ServiceRun = Place & {
  readonly times: StartTimes;
  /** Has it been told to end, in one way or the other? */
  readonly isEnding: () => boolean;
  /** `kill -9`: resolves when the process is gone. */
  readonly kill: () => Promise<void>;
  /** Asks for the orderly stop. */
  readonly stop: () => Promise<void>;
};

/** Starts the real service on the database `path`; `secret` is that of some key in it. */
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
  if (status !== 200) throw new Error(`The first key was answered ${status}.`);

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
      // Nobody is connected any more, so it need not wait for anybody.
      agent.destroy();
      await end("SIGTERM");
    },
  };
}

const LOOK_EVERY_MS = 2;

/** When the process opened the file, seen from outside: it runs as it would anywhere. Needs Linux; NaN elsewhere. */
async function untilOpen({ process: child }: Child, path: string): Promise<number> {
  const file = realpathSync(path);
  let isThere = true;
  child.once("exit", () => {
    isThere = false;
  });
  while (isThere && process.platform === "linux") {
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
    // Closed meanwhile.
    return "";
  }
}
