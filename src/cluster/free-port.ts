import { once } from "node:events";
import { createServer } from "node:net";
import { portOf } from "../service/start.ts";

/** A port of `host` that no program uses at the moment. */
export async function findFreePort(host: string): Promise<number> {
  const server = createServer().listen({ host, port: 0 });
  await once(server, "listening");
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
