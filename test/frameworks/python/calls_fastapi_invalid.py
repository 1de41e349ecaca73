"""Calls that the shop itself refuses. Where Latchkey reports invalid requests, the shop responds to them as before."""

from calls import run

run(
    [
        ("GET", "/items/?limit=1000&colour=green&unknown=1", {}),
        ("GET", "/items/seven", {}),
        ("POST", "/items/", {"json": {"name": "", "price": -1}}),
        ("POST", "/items/", {"content": "{'name': 1}", "headers": {"Content-Type": "application/json"}}),
        ("POST", "/items/", {"content": "name=x", "headers": {"Content-Type": "text/plain"}}),
        ("POST", "/items/", {}),
        ("POST", "/pets", {"json": {"kind": "bird"}}),
        ("POST", "/token", {"data": {"username": "ada"}}),
        ("POST", "/upload", {"data": {"note": "no file"}}),
        ("POST", "/upload", {"files": {"other": b"abc"}}),
    ]
)
