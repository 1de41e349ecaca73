// fetch with URLSearchParams and encodeURIComponent, as browsers and Node have them.
const { url, key, query, path, header, text } = JSON.parse(process.argv[2]);
const headers = { "X-Api-Key": key };

async function send(target, options = {}) {
  const response = await fetch(`${url}${target}`, { ...options, headers: { ...headers, ...options.headers } });
  if (!response.ok) console.error(`${target}: ${response.status} ${await response.text()}`);
}

for (const value of query) await send(`/query?${new URLSearchParams({ value })}`);
for (const value of path) await send(`/path/${encodeURIComponent(value)}`);
for (const value of header) await send("/header", { headers: { "X-Value": value } });
for (const value of text) await send("/form", { method: "POST", body: new URLSearchParams({ value }) });
for (const value of text)
  await send("/json", {
    method: "POST",
    body: JSON.stringify({ value }),
    headers: { "Content-Type": "application/json" },
  });
