// The baseline: node:http, a look-up in a Map, and the response. It checks only the key.
import { createServer } from "node:http";
import { data, item, KEYS, order, UNAUTHORIZED } from "./responses.mjs";

function send(res, status, body) {
  const text = JSON.stringify(body);
  res.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) });
  res.end(text);
}

createServer((req, res) => {
  if (!KEYS.has(req.headers["x-api-key"])) return send(res, 401, UNAUTHORIZED);
  const [path, search] = req.url.split("?");
  if (path === "/data") return send(res, 200, data());
  if (path.startsWith("/items/")) {
    const query = new URLSearchParams(search);
    return send(res, 200, item(path.slice("/items/".length), Number(query.get("limit")), query.get("sort")));
  }
  if (path === "/orders" && req.method === "POST") {
    const pieces = [];
    req.on("data", (piece) => pieces.push(piece));
    req.on("end", () => send(res, 201, order(JSON.parse(Buffer.concat(pieces).toString()))));
    return;
  }
  send(res, 404, {});
}).listen(Number(process.env.PORT), "127.0.0.1");
