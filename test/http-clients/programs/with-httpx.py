# httpx with params, data and json.
import json
import sys

import httpx
from send_all import send_all

plan = json.loads(sys.argv[1])
client = httpx.Client(base_url=plan["url"], headers={"X-Api-Key": plan["key"]}, trust_env=False)
send_all(client.request, plan)
