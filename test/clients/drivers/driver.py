"""Makes the calls of the scenario: a line of JSON in for each, a line of JSON out."""

import json
import os
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any, TypeVar, cast

from latchkey import AuthenticatedClient, Client
from latchkey.api.clients import create_client
from latchkey.api.data import get_data, get_info, get_secret_data
from latchkey.api.keys import create_key, get_key, list_keys, revoke_key, rotate_key, update_key
from latchkey.api.usage import get_usage
from latchkey.models import (
    ClientRegistration,
    IssuedKey,
    Key,
    KeyUpdate,
    LimitOverride,
    LimitTerms,
    LimitTermsByName,
    NewKey,
    Problem,
    Revocation,
    Rotation,
    UsageGrouping,
)
from latchkey.types import UNSET, Unset
from patient import Patient

Ask = dict[str, Any]
Said = dict[str, Any]
T = TypeVar("T")


def connect(ask: Ask) -> AuthenticatedClient:
    url = os.environ["URL"]
    if ask["key"] is None:
        # Operations that need a key ask for a client that has one; this one has none, to see what happens.
        return cast(AuthenticatedClient, Client(url))
    if ask["call"] == "getInfo":
        return cast(AuthenticatedClient, Client(url, httpx_args={"params": {"api_key": ask["key"]}}))
    arguments = {"transport": Patient()} if ask.get("patient") else {}
    return AuthenticatedClient(url, token=ask["key"], httpx_args=arguments)


def said(answer: T | Problem | None, tell: Callable[[T], Said]) -> Said:
    assert answer is not None
    return refused(answer) if isinstance(answer, Problem) else tell(answer)


def refused(problem: Problem) -> Said:
    return {
        "status": problem.status,
        "code": problem.code,
        "error": problem.error or None,
        "pointer": problem.errors[0].pointer if problem.errors else None,
        "violated": problem.violated_policies or None,
    }


def of_key(key: Key) -> Said:
    ends_at = key.overlap_ends_at
    left = None if ends_at is None else (ends_at - datetime.now(timezone.utc)).total_seconds()
    terms = key.limits.set_ if key.limits else UNSET
    return {
        "id": key.id,
        "name": key.name,
        "state": key.state.value,
        "scopes": key.scopes,
        "expiresAt": key.expires_at and key.expires_at.isoformat(),
        "successorId": key.successor_id,
        "revocationReason": key.revocation_reason,
        # To the nearest minute: what the scenario waits for takes less.
        "overlapSeconds": None if left is None else round(left / 60) * 60,
        "limit": terms["perKey"].to_dict() if terms else None,
    }


def of_issued(issued: IssuedKey) -> Said:
    return {**of_key(issued.key), "secret": issued.secret}


def issue(ask: Ask) -> Said:
    wanted = NewKey(client_id=ask["clientId"], name=ask["name"], scopes=ask["scopes"])
    return said(create_key.sync(client=connect(ask), body=wanted), of_issued)


def register(ask: Ask) -> Said:
    wanted = ClientRegistration(name=ask["name"], plan=ask["plan"])
    return said(
        create_client.sync(client=connect(ask), body=wanted),
        lambda client: {"id": client.id, "name": client.name, "plan": client.plan},
    )


def rotate(ask: Ask) -> Said:
    rotation = Rotation(overlap_seconds=ask["overlapSeconds"])
    return said(rotate_key.sync(ask["keyId"], client=connect(ask), body=rotation), of_issued)


def change(ask: Ask) -> Said:
    terms = LimitTermsByName()
    terms[ask["limit"].pop("name")] = LimitTerms.from_dict(ask["limit"])
    update = KeyUpdate(limits=LimitOverride(set_=terms))
    return said(update_key.sync(ask["keyId"], client=connect(ask), body=update, if_match=ask["ifMatch"]), of_key)


def revoke(ask: Ask) -> Said:
    revocation = Revocation(reason=ask["reason"])
    return said(revoke_key.sync(ask["keyId"], client=connect(ask), body=revocation), of_key)


def usage(ask: Ask) -> Said:
    groups = [UsageGrouping(name) for name in ask["groupBy"]]
    return said(
        get_usage.sync(client=connect(ask), from_=ask["from"], group_by=groups),
        lambda report: {
            "bucket": report.bucket.value,
            "groups": [f"{series.group['operation']} {series.group['statusClass']}" for series in report.series],
        },
    )


def count_keys(ask: Ask) -> Said:
    ids: list[str] = []
    cursor: str | Unset | None = UNSET
    while cursor is not None:
        page = list_keys.sync(client=connect(ask), client_id=ask["clientId"], limit=ask["pageSize"], cursor=cursor)
        if page is None or isinstance(page, Problem):
            return said(page, lambda nothing: {})
        ids += [key.id for key in page.items]
        cursor = page.next_cursor
    return {"keys": len(ids), "distinct": len(set(ids))}


CALLS: dict[str, Callable[[Ask], Said]] = {
    "getData": lambda ask: said(get_data.sync(client=connect(ask)), lambda data: data.to_dict()),
    "getSecretData": lambda ask: said(get_secret_data.sync(client=connect(ask)), lambda data: data.to_dict()),
    "getInfo": lambda ask: said(get_info.sync(client=connect(ask)), lambda text: {"text": text}),
    "createClient": register,
    "createKey": issue,
    "getKey": lambda ask: said(get_key.sync(ask["keyId"], client=connect(ask)), of_key),
    "rotateKey": rotate,
    "updateKey": change,
    "getUsage": usage,
    "revokeKey": revoke,
    "listKeys": count_keys,
}

for line in sys.stdin:
    ask = json.loads(line)
    print(json.dumps(CALLS[ask["call"]](ask)), flush=True)
