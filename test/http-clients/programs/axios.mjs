// axios with `params`, objects as JSON, and URLSearchParams as a form.
import axios from "axios";

const { url, key, query, path, header, text } = JSON.parse(process.argv[2]);
const client = axios.create({ baseURL: url, headers: { "X-Api-Key": key }, validateStatus: () => true, proxy: false });

async function send(options) {
  const { status, data } = await client.request(options);
  if (status !== 200) console.error(`${options.url}: ${status} ${JSON.stringify(data)}`);
}

for (const value of query) await send({ url: "/query", params: { value } });
for (const value of path) await send({ url: `/path/${encodeURIComponent(value)}` });
for (const value of header) await send({ url: "/header", headers: { "X-Value": value } });
for (const value of text) await send({ url: "/form", method: "post", data: new URLSearchParams({ value }) });
for (const value of text) await send({ url: "/json", method: "post", data: { value } });
