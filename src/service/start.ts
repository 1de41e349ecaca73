import type { Server } from "node:http";
import type { Server as NetServer } from "node:net";
import type { ActionDeps } from "../admin/actions.ts";
import type { Config } from "../config/config.ts";
import { type ExampleCall, exampleCall } from "../contract/model/example-call.ts";
import type { DrainOptions } from "../http/server/drain.ts";
import type { Log } from "../lib/log/log.ts";
import { createService, type Service, type WorkerContext } from "./create-service.ts";
import type { Unfinished } from "./orderly-stop.ts";

export type Running = {
  /** The base URL, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** The base URL of administration, where that has a listener of its own. */
  readonly adminUrl: string | undefined;
  /** The path below which the operations and pages of Latchkey itself are; empty for none. */
  readonly prefix: string;
  readonly actions: ActionDeps;
  /** A call to show together with the first key. */
  readonly example: ExampleCall;
  /** Finishes the requests in flight, then closes everything. */
  readonly stop: (options?: DrainOptions) => Promise<Unfinished>;
  /** Reads again what can change without a restart: certificates. */
  readonly reload: () => void;
};

/**
 * Starts the service.
 * @param worker undefined in a single process.
 * @throws what `createService` throws, or what `listen` throws (EADDRINUSE, EACCES, …).
 */
export async function serve(config: Config, log: Log, worker?: WorkerContext): Promise<Running> {
  const service = await createService(config, log, { worker });
  const { app, actions, contract, createServer, close, reload } = service;
  try {
    // First, because a primary takes its worker for started once it listens.
    const adminUrl = await listenForAdmin(service, config);
    const url = await listen(createServer(app), config);
    const { prefix } = contract;
    return { url, adminUrl, prefix, actions, example: exampleCall(contract), stop: close, reload };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Starts the listener for administration, if the settings name one. @returns its base URL. */
export async function listenForAdmin(
  { adminApp, createServer }: Pick<Service, "adminApp" | "createServer">,
  config: Config,
): Promise<string | undefined> {
  const { adminListen } = config.transport;
  if (adminApp === undefined || adminListen === undefined) return undefined;
  return listen(createServer(adminApp), { ...adminListen, transport: config.transport });
}

function listen(server: Server, config: Pick<Config, "host" | "port" | "transport">): Promise<string> {
  const { host, port } = config;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => resolve(urlOf(config, portOf(server))));
  });
}

/** The port that the server listens on, also where the settings leave the choice to the system. */
export function portOf(server: Pick<NetServer, "address">): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A TCP server has no port.");
  return address.port;
}

/** @param port the one that the server listens on. */
export function urlOf({ host, transport }: Pick<Config, "host" | "transport">, port: number): string {
  return `${transport.tls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
