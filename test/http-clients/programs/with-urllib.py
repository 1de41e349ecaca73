# urllib of Python's standard library, with urlencode and quote as they are.
import json
import sys
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import ProxyHandler, Request, build_opener

plan = json.loads(sys.argv[1])
opener = build_opener(ProxyHandler({}))


def send(target: str, data: bytes | None = None, headers: dict[str, str] = {}) -> None:
    request = Request(plan["url"] + target, data=data, headers={"X-Api-Key": plan["key"], **headers})
    try:
        opener.open(request).read()
    except HTTPError as error:
        print(f"{target}: {error.code} {error.read().decode()}", file=sys.stderr)


for value in plan["query"]:
    send("/query?" + urlencode({"value": value}))
for value in plan["path"]:
    send("/path/" + quote(value, safe=""))
for value in plan["header"]:
    send("/header", headers={"X-Value": value})
for value in plan["text"]:
    send("/form", data=urlencode({"value": value}).encode())
for value in plan["text"]:
    send("/json", data=json.dumps({"value": value}).encode(), headers={"Content-Type": "application/json"})
