import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { afterAll, beforeAll } from "@jest/globals";

export type Recorded = {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
};

type UpgradeListener = (req: IncomingMessage, socket: Socket, first: Buffer) => void;

/** An API behind the gateway: records its requests, and responds as the test says. */
export function anUpstream() {
  const recorded: Recorded[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  let respond: RequestListener = (_req, res) =>
    void res.setHeader("Content-Type", "application/json").end('{"ok":true}');
  let upgrade: UpgradeListener = (_req, socket) => void socket.destroy();
  const server: Server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    const { method = "", url = "", rawHeaders, headers } = req;
    const isWhole = isStreaming || (await readInto(chunks, req));
    recorded.push({ method, url, rawHeaders, headers, body: Buffer.concat(chunks).toString() });
    if (isWhole) respond(req, res);
  });
  let isStreaming = false;
  server.on("upgrade", (req: IncomingMessage, socket: Socket, first: Buffer) => {
    const { method = "", url = "", rawHeaders, headers } = req;
    recorded.push({ method, url, rawHeaders, headers, body: "" });
    upgrade(req, socket, first);
  });
  server.on("connection", (socket) => {
    connections++;
    sockets.add(socket);
    socket.on("error", () => {});
  });
  let port = 0;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    get connections() {
      return connections;
    },
    recorded,
    /** Sets how it responds from now on. */
    respondWith: (listener: RequestListener, { streaming = false } = {}) => {
      respond = listener;
      isStreaming = streaming;
    },
    /** Sets how it responds to upgrades from now on; by default it disconnects. */
    upgradeWith: (listener: UpgradeListener) => {
      upgrade = listener;
    },
    forget: () => {
      recorded.length = 0;
    },
    last: (): Recorded => {
      const found = recorded.at(-1);
      if (found === undefined) throw new Error("The upstream received no request.");
      return found;
    },
  };
}

/** Returns false when the request broke off. */
async function readInto(chunks: Buffer[], req: IncomingMessage): Promise<boolean> {
  try {
    for await (const chunk of req) chunks.push(chunk as Buffer);
    return true;
  } catch {
    return false;
  }
}
