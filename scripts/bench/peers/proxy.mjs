// A bare proxy: undici's pool behind node:http. It checks nothing, and forwards only what the upstream needs.
import { createServer } from "node:http";
import { Pool } from "undici";

const pool = new Pool(process.env.BENCH_UPSTREAM, { connections: 256 });
createServer(async (req, res) => {
  const sent =
    req.method === "POST" ? { body: req, headers: { "content-type": req.headers["content-type"] } } : undefined;
  const { statusCode, headers, body } = await pool.request({ path: req.url, method: req.method, ...sent });
  res.writeHead(statusCode, headers);
  body.pipe(res);
}).listen(Number(process.env.PORT), "127.0.0.1");
