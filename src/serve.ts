import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { DeedDeps } from "./admin/deeds.ts";
import { assemble } from "./assemble.ts";
import type { Config } from "./config/config.ts";
import { type ExampleCall, exampleCall } from "./contract/example-call.ts";
import type { Log } from "./lib/log.ts";

export type Running = {
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly deeds: DeedDeps;
  /** A call for whoever has a first key. */
  readonly example: ExampleCall;
  /** Finishes the requests in flight, then closes everything. */
  readonly stop: () => Promise<void>;
};

/**
 * Starts the service.
 * @throws what `assemble` throws, or what `listen` throws (EADDRINUSE, EACCES, …).
 */
export async function serve(config: Config, log: Log): Promise<Running> {
  const { app, deeds, document, createServer, close } = await assemble(config, log);
  try {
    const url = await listen(createServer(app), config);
    return { url, deeds, example: exampleCall(document), stop: close };
  } catch (error) {
    await close();
    throw error;
  }
}

function listen(server: Server, { host, port, transport }: Config): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      const { port: bound } = server.address() as AddressInfo;
      resolve(`${transport.tls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${bound}`);
    });
  });
}
