# requests and httpx take the same arguments.
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import quote


def send_all(request: Callable[..., Any], plan: dict[str, Any]) -> None:
    def send(method: str, target: str, **options: Any) -> None:
        response = request(method, target, **options)
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
