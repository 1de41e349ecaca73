import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { ActionDeps } from "../admin/actions.ts";
import type { Config } from "../config/config.ts";
import { type ExampleCall, exampleCall } from "../contract/model/example-call.ts";
import type { DrainOptions } from "../http/server/drain.ts";
import type { Log } from "../lib/log/log.ts";
import { type Cluster, createService } from "./create-service.ts";
import type { Unfinished } from "./orderly-stop.ts";

export type Running = {
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly actions: ActionDeps;
  /** A call for whoever has a first key. */
  readonly example: ExampleCall;
  /** Finishes the requests in flight, then closes everything. */
  readonly stop: (options?: DrainOptions) => Promise<Unfinished>;
  /** Reads again what can change without a restart: certificates. */
  readonly reload: () => void;
};

/**
 * Starts the service.
 * @param team left out: this process is the whole of it.
 * @throws what `createService` throws, or what `listen` throws (EADDRINUSE, EACCES, …).
 */
export async function serve(config: Config, log: Log, team?: Cluster): Promise<Running> {
  const { app, actions, document, createServer, close, reload } = await createService(config, log, { team });
  try {
    const url = await listen(createServer(app), config);
    return { url, actions, example: exampleCall(document), stop: close, reload };
  } catch (error) {
    await close();
    throw error;
  }
}

function listen(server: Server, config: Config): Promise<string> {
  const { host, port } = config;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => resolve(urlOf(config, (server.address() as AddressInfo).port)));
  });
}

/** @param port the one that was bound, which may have been any. */
export function urlOf({ host, transport }: Pick<Config, "host" | "transport">, port: number): string {
  return `${transport.tls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
