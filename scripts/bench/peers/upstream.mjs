// An upstream that responds at once to every request: used where there is no nginx, which needs less CPU time for it.
import { createServer } from "node:http";
import { data, item, order } from "./responses.mjs";

const [found, thing, created] = [data(), item("item-42", 50, "date"), order({ lines: [{ pieces: 512 }] })].map((body) =>
  JSON.stringify(body),
);

createServer((req, res) => {
  const isWrite = req.method === "POST";
  const text = isWrite ? created : req.url.startsWith("/things-") ? thing : found;
  res.writeHead(isWrite ? 201 : 200, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) });
  req.resume();
  res.end(text);
}).listen(Number(process.env.PORT), "127.0.0.1");
