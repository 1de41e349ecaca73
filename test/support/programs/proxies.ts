import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type Child, startChild } from "../process/child.ts";
import { aFreePort, isOpen } from "../process/ports.ts";
import type { CertificateFiles } from "./certificate.ts";
import { findProgram } from "./debian.ts";

const DOCUMENTED = join(import.meta.dirname, "../../../docs/deploy");

export type RunningProxy = {
  readonly child: Child;
  readonly plainPort: number;
  readonly tlsPort: number;
  /** Its logs of requests and errors. */
  readonly logs: () => string;
};

export type ProxyOptions = {
  /** An empty folder for this proxy. */
  readonly folder: string;
  readonly servicePort: number;
  readonly certificate: CertificateFiles;
  /** The header with the client address that nginx uses instead of 127.0.0.1. */
  readonly addressHeader?: string;
  /** Lines for the http block of nginx, and for its location instead of `proxy_cache off`. */
  readonly http?: string;
  readonly location?: string;
};

/** Replaces each `from` by its `to`. @throws Error when the documented file has no such text any more. */
function adapt(file: string, changes: readonly (readonly [from: string, to: string])[]): string {
  const text = readFileSync(join(DOCUMENTED, file), "utf8");
  return changes.reduce((soFar, [from, to]) => {
    if (!soFar.includes(from)) throw new Error(`docs/deploy/${file} has no ${JSON.stringify(from)} any more.`);
    return soFar.replaceAll(from, () => to);
  }, text);
}

/**
 * Starts nginx with `docs/deploy/nginx.conf`, on its own ports and in its own folder. Clients send their address in a
 * header: all tests come from 127.0.0.1, where keys in clear text are allowed.
 */
export async function startNginx(options: ProxyOptions): Promise<RunningProxy> {
  const { folder, servicePort, certificate, addressHeader = "Test-Address", http = "", location = "" } = options;
  const [plainPort, tlsPort] = [await aFreePort(), await aFreePort()];
  mkdirSync(folder, { recursive: true });
  const documented = adapt("nginx.conf", [
    ["server 127.0.0.1:8080;", `server 127.0.0.1:${servicePort};`],
    ["listen 443 ssl;", `listen 127.0.0.1:${tlsPort} ssl;`],
    ["listen 80;", `listen 127.0.0.1:${plainPort};`],
    ["/etc/ssl/latchkey/fullchain.pem", certificate.certPath],
    ["/etc/ssl/latchkey/privkey.pem", certificate.keyPath],
    ["/var/log/nginx/", `${folder}/`],
    ...(location === "" ? [] : [["        proxy_cache off;", location] as const]),
  ]);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  );
  const wrapper = [
    // One process: workers would run as another user, who may not read the folder.
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/main.log;`,
    "events { worker_connections 512; }",
    `http { ${temporary.join(" ")} set_real_ip_from 127.0.0.1; real_ip_header ${addressHeader};`,
    http,
    documented,
    "}",
  ];
  const path = join(folder, "nginx.conf");
  writeFileSync(path, wrapper.join("\n"));

  const child = startChild([findProgram("nginx"), "-p", folder, "-e", join(folder, "main.log"), "-c", path]);
  const logs = () =>
    ["latchkey.log", "latchkey-error.log", "main.log"].map((name) => readFileSync(join(folder, name), "utf8")).join("");
  await untilUp(child, tlsPort);
  return { child, plainPort, tlsPort, logs };
}

/** Starts nginx with these servers, in its own folder. @param port the one that is waited for. */
export async function startNginxWith(folder: string, port: number, servers: string): Promise<Child> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "nginx.conf");
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  );
  const main = `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/main.log;`;
  writeFileSync(path, `${main} events {} http { access_log off; ${temporary.join(" ")} ${servers} }`);
  const child = startChild([findProgram("nginx"), "-p", folder, "-e", join(folder, "main.log"), "-c", path]);
  await untilUp(child, port);
  return child;
}

/** Resolves when `text` is in the logs, which may be written after the response. */
export async function untilLogged({ logs }: RunningProxy, text: string) {
  for (let tries = 0; !logs().includes(text); tries++) {
    if (tries === 500) throw new Error(`The logs have no ${text}:\n${logs()}`);
    await wait(20);
  }
}

/** Starts Caddy with `docs/deploy/Caddyfile`, on its own ports and in its own folder. */
export async function startCaddy({ folder, servicePort, certificate }: ProxyOptions): Promise<RunningProxy> {
  const [plainPort, tlsPort] = [await aFreePort(), await aFreePort()];
  mkdirSync(folder, { recursive: true });
  const { certPath, keyPath } = certificate;
  const ports = `http_port ${plainPort}\n\thttps_port ${tlsPort}\n\tdefault_bind 127.0.0.1`;
  const text = adapt("Caddyfile", [
    ["auto_https disable_redirects", `auto_https disable_redirects\n\tadmin off\n\t${ports}`],
    ["https://api.example.com {", `https://localhost {\n\ttls ${certPath} ${keyPath}`],
    ["http://api.example.com {", "http://localhost {"],
    ["reverse_proxy 127.0.0.1:8080", `reverse_proxy 127.0.0.1:${servicePort}`],
  ]);
  const path = join(folder, "Caddyfile");
  writeFileSync(path, text);
  const own = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const child = startChild([findProgram("caddy"), "run", "--config", path, "--adapter", "caddyfile"], own);
  await untilUp(child, tlsPort);
  return { child, plainPort, tlsPort, logs: () => child.out.text() + child.err.text() };
}

export type RunningHaproxy = {
  readonly child: Child;
  readonly port: number;
  /** Resolves when it sends requests to this many instances. */
  readonly untilServed: (instances: number) => Promise<void>;
};

/** Starts HAProxy with `docs/deploy/haproxy.cfg` in front of two instances, without TLS. */
export async function startHaproxy(folder: string, ports: readonly [number, number]): Promise<RunningHaproxy> {
  const [port, statsPort] = [await aFreePort(), await aFreePort()];
  mkdirSync(folder, { recursive: true });
  const documented = adapt("haproxy.cfg", [
    ["bind :443 ssl crt /etc/ssl/latchkey/both.pem alpn http/1.1", `bind 127.0.0.1:${port}`],
    ["127.0.0.1:8080", `127.0.0.1:${ports[0]}`],
    ["127.0.0.1:8081", `127.0.0.1:${ports[1]}`],
  ]);
  const stats = `frontend stats\n    bind 127.0.0.1:${statsPort}\n    stats enable\n    stats uri /\n`;
  const path = join(folder, "haproxy.cfg");
  writeFileSync(path, `${documented}\n${stats}`);
  const child = startChild([findProgram("haproxy"), "-db", "-f", path]);
  await untilUp(child, port);
  const untilServed = async (instances: number) => {
    for (;;) {
      const table = await (await fetch(`http://127.0.0.1:${statsPort}/;csv`)).text();
      if ((table.match(/^latchkey,(?:one|two),.*,UP,/gm) ?? []).length === instances) return;
      await wait(20);
    }
  };
  return { child, port, untilServed };
}

/** Resolves when it listens. @throws Error with its output when it ends instead. */
async function untilUp({ process: child, err }: Child, port: number) {
  let output: string | undefined;
  child.once("close", () => {
    output = err.text();
  });
  while (!(await isOpen(port))) {
    if (output !== undefined) throw new Error(`It did not start:\n${output}`);
    await wait(20);
  }
}
