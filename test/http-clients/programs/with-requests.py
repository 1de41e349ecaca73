# requests with params, data and json.
import json
import sys

import requests
from send_all import send_all

plan = json.loads(sys.argv[1])
session = requests.Session()
session.trust_env = False
session.headers["X-Api-Key"] = plan["key"]
send_all(lambda method, target, **options: session.request(method, plan["url"] + target, **options), plan)
