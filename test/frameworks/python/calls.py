"""Makes calls, and prints the responses as JSON: python calls_….py URL [KEY]"""

import json
import sys

import httpx

# Of the connection and of this moment, or added by Latchkey.
IGNORED = {"date", "server", "connection", "transfer-encoding", "content-length", "keep-alive"}


def run(calls):
    url, *key = sys.argv[1:]
    headers = {"x-api-key": key[0]} if key else {}
    responses = []
    with httpx.Client(base_url=url, headers=headers, timeout=60) as client:
        for method, path, options in calls:
            response = client.request(method, path, **options)
            responses.append(
                {
                    "call": f"{method} {path}",
                    "status": response.status_code,
                    "headers": {name: value for name, value in response.headers.items() if name not in IGNORED},
                    "body": response.text,
                }
            )
    print(json.dumps(responses))
