// An upstream that responds to every request at once.
import { createServer } from "node:http";
import { data } from "./responses.mjs";

const text = JSON.stringify(data());
createServer((_req, res) => {
  res.writeHead(200, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) });
  res.end(text);
}).listen(Number(process.env.PORT), "127.0.0.1");
