import type { RequestListener, Server } from "node:http";
import { Server as TlsServer } from "node:https";
import type { TransportConfig } from "../config/transport-settings.ts";
import { toConnectionLimit } from "../http/server/connection-limit.ts";
import { createListener, type ListenerDeps } from "../http/server/listener.ts";
import { type Certificate, followCertificate } from "../http/server/tls.ts";

/** The servers of this service. */
export type Servers = {
  /** A server with the timeouts, limits and certificate of the settings. */
  readonly create: (listener: RequestListener) => Server;
  readonly all: readonly Server[];
  /** Reads the certificates again. */
  readonly reload: () => void;
};

type ServersDeps = Pick<
  ListenerDeps,
  "log" | "random" | "clock" | "meter" | "prefix" | "hasLongBodies" | "hasUpgrades"
> & {
  readonly certificate: Certificate | undefined;
};

/** @param transport with the connections that this process may hold, which is a share in a cluster. */
export function createServers(transport: TransportConfig, deps: ServersDeps): Servers {
  const { tls, maxConnections } = transport;
  const all: Server[] = [];
  const reloads: (() => void)[] = [];
  return {
    create: (listener) => {
      const connectionLimit = toConnectionLimit(transport);
      const server = createListener(listener, { ...deps, maxConnections, connectionLimit });
      if (tls && server instanceof TlsServer) reloads.push(followCertificate(server, tls, deps.log));
      all.push(server);
      return server;
    },
    all,
    reload: () => {
      for (const reload of reloads) reload();
    },
  };
}
