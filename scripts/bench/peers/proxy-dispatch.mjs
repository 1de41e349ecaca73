// The same bare proxy on undici's lowest level: no promise and no stream for the response.
import { createServer } from "node:http";
import { Pool } from "undici";

const pool = new Pool(process.env.BENCH_UPSTREAM, { connections: 256 });
createServer((req, res) => {
  const sent =
    req.method === "POST" ? { body: req, headers: { "content-type": req.headers["content-type"] } } : undefined;
  pool.dispatch(
    { path: req.url, method: req.method, ...sent },
    {
      onRequestStart: () => {},
      onResponseStart: (_controller, statusCode, headers) => void res.writeHead(statusCode, headers),
      onResponseData: (controller, chunk) => {
        if (res.write(chunk)) return;
        controller.pause();
        res.once("drain", () => controller.resume());
      },
      onResponseEnd: () => void res.end(),
      onResponseError: () => void res.destroy(),
    },
  );
}).listen(Number(process.env.PORT), "127.0.0.1");
