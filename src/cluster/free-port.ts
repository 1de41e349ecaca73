import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/** A port of `host` that no program uses right now. */
export async function findFreePort(host: string): Promise<number> {
  const server = createServer().listen({ host, port: 0 });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
