import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What arrived at the upstream. */
export type Arrived = {
  readonly method: string;
  readonly target: string;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
};

export type RecordingUpstream = {
  readonly url: string;
  /** Takes the request with this number; undefined when it did not arrive. */
  readonly take: (number: string) => Arrived | undefined;
  readonly close: () => Promise<void>;
};

/** Numbers each request; the gateway passes it on, since no contract declares it. */
export const NUMBER_HEADER = "corpus-request";

/** An API that records what arrives and responds 200 to everything. */
export async function startUpstream(): Promise<RecordingUpstream> {
  const arrived = new Map<string, Arrived>();
  const server = createServer({ requireHostHeader: false }, (req, res) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("error", () => {});
    req.on("end", () => {
      const { method = "", url: target = "", rawHeaders, headers } = req;
      arrived.set(String(headers[NUMBER_HEADER]), { method, target, rawHeaders, body: Buffer.concat(chunks) });
      res.writeHead(200, { "content-type": "application/json", "from-upstream": "yes" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    take: (number) => {
      const found = arrived.get(number);
      arrived.delete(number);
      return found;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
