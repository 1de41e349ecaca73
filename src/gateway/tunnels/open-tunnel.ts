import type { Duplex } from "node:stream";
import { isClientGone } from "../../http/message/client-gone.ts";
import { recordOf, type Validated } from "../../http/message/exchange.ts";
import { headerLinesOf } from "../../http/message/message.ts";
import { problemReply, type Reply } from "../../http/reply/reply.ts";
import { mergedHeaders } from "../../http/reply/writer/common-headers.ts";
import type { RecheckKey } from "../../http/stages/recheck.ts";
import type { Stage } from "../../http/stages/stage.ts";
import { upgradableOf } from "../../http/stages/upgrade/upgradable.ts";
import { eachHeader } from "../../lib/http/header-list.ts";
import type { Log } from "../../lib/log/log.ts";
import type { RandomBytes } from "../../lib/random.ts";
import { AdmissionCheck } from "../admission-check.ts";
import { replyToOutcome } from "../forward.ts";
import { streamAdmission } from "../stream-admission.ts";
import { toUpstreamRequest } from "../to-upstream-request.ts";
import type { Gateway, UpstreamTunnel } from "../upstream-port.ts";
import { keepEarlyBytes } from "./early-bytes.ts";
import { type MessageLimitDeps, toTakeMessage } from "./message-limit.ts";
import { CHECK_EVERY_MS } from "./open-streams.ts";
import { Tunnel } from "./tunnel.ts";

type OpenTunnelDeps = MessageLimitDeps & {
  readonly gateway: Gateway;
  readonly recheckKey: RecheckKey;
  readonly log: Log;
  readonly random: RandomBytes;
};

/** The last stage of requests for a WebSocket: asks the upstream for it, and connects both. */
export function openTunnel(deps: OpenTunnelDeps): Stage<Validated> {
  return {
    check: "upstream",
    run: (exchange) => (exchange.operation.upgrade === undefined ? undefined : open(exchange, deps)),
  };
}

const GOING_AWAY = problemReply({ code: "unavailable", detail: "This service is about to stop; connect again." });

async function open(exchange: Validated, deps: OpenTunnelDeps): Promise<Reply | undefined> {
  const { gateway, recheckKey } = deps;
  const upgradable = upgradableOf(exchange.req);
  const [handshakeKey] = headerLinesOf(exchange.message, "sec-websocket-key");
  if (upgradable === undefined || handshakeKey === undefined) throw new Error("This is not a handshake.");
  if (gateway.streams.isGoingAway()) return GOING_AWAY;
  recordOf(exchange).mayHaveSideEffects = true;
  const early = keepEarlyBytes(upgradable.socket, upgradable.first);
  const admission = new AdmissionCheck(exchange, recheckKey);
  const request = toUpstreamRequest(exchange, () => admission.isStillAdmitted());
  const outcome = await gateway.openTunnel(request, handshakeKey);
  if (outcome.kind !== "tunnel") return replyToOutcome(exchange, outcome, { admission, recheckKey, gateway });
  if (isClientGone(exchange)) return void abandon(outcome);
  return {
    kind: "delegated",
    respond: (res, common) => {
      if (res.destroyed) return abandon(outcome);
      res.writeHead(101, toHead(common, outcome));
      res.flushHeaders();
      connect(exchange, { client: upgradable.socket, first: early.take() }, outcome, deps);
    },
  };
}

function abandon({ socket, release }: UpstreamTunnel) {
  socket.destroy();
  release();
}

function toHead(common: readonly string[], { rawHeaders }: UpstreamTunnel): string[] {
  const head: string[] = [];
  eachHeader(mergedHeaders([...common], rawHeaders), (name, value) => {
    if (name !== "Connection") head.push(name, value);
  });
  return [...head, "Connection", "Upgrade", "Upgrade", "websocket"];
}

function connect(
  exchange: Validated,
  { client, first }: { readonly client: Duplex; readonly first: Buffer },
  { socket: upstream, idleTimeoutMs, release }: UpstreamTunnel,
  deps: OpenTunnelDeps,
) {
  const { gateway, recheckKey, log, random } = deps;
  const { requestId } = exchange;
  const tunnel = new Tunnel({
    client,
    upstream,
    first,
    takeMessage: toTakeMessage(exchange, deps),
    mostIdleChecks: Math.ceil(idleTimeoutMs / CHECK_EVERY_MS),
    random,
    onFault: (fault) => log.error({ requestId, err: fault }, "the limits of a message cannot be checked"),
  });
  const remove = gateway.streams.add({
    requestId,
    admission: streamAdmission(exchange, recheckKey),
    refuse: () => tunnel.close(1008, "The key is not admitted any more."),
    check: () => tunnel.check(),
    goAway: () => tunnel.close(1001, "The service stops."),
  });
  whenBothClosed(client, upstream, () => {
    remove();
    release();
  });
  tunnel.start();
}

function whenBothClosed(one: Duplex, other: Duplex, then: () => void) {
  let open = 2;
  for (const socket of [one, other]) {
    socket.once("close", () => {
      open--;
      if (open === 0) then();
    });
  }
}
