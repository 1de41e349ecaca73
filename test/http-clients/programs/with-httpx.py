# httpx with params, data and json.
import json
import sys
from urllib.parse import quote

import httpx

plan = json.loads(sys.argv[1])
client = httpx.Client(base_url=plan["url"], headers={"X-Api-Key": plan["key"]}, trust_env=False)


def send(method: str, target: str, **options) -> None:
    response = client.request(method, target, **options)
    if response.status_code != 200:
        print(f"{target}: {response.status_code} {response.text}", file=sys.stderr)


for value in plan["query"]:
    send("GET", "/query", params={"value": value})
for value in plan["path"]:
    send("GET", "/path/" + quote(value, safe=""))
for value in plan["header"]:
    send("GET", "/header", headers={"X-Value": value})
for value in plan["text"]:
    send("POST", "/form", data={"value": value})
for value in plan["text"]:
    send("POST", "/json", json={"value": value})
