"""The calls of a client of the shop, with the client that FastAPI's own TestClient is made of."""

from calls import run

TWO = {"name": "Ü", "price": "1.50", "colour": "red", "tags": ["a"], "size": {"width": 2}, "sold": "2026-01-01T10:00:00+02:00", "extra": {"a": 1}}

run(
    [
        ("GET", "/items/", {}),
        ("GET", "/items/", {"params": {"q": "a b+c&d=é", "tag": ["x", "y z"], "since": "2026-01-31", "at": "2026-01-31T10:00:00+02:00"}}),
        ("GET", "/items/", {"params": {"in_stock": "true", "limit": 100, "colour": "blue", "sort-by": "price"}}),
        ("GET", "/items/?q=hello+world&at=2026-01-31T10:00:00Z", {}),
        ("POST", "/items/", {"json": TWO}),
        ("POST", "/items/", {"json": {"name": "x", "price": 2}}),
        ("PUT", "/items/7", {"json": TWO, "headers": {"X-Tenant": "acme"}}),
        ("DELETE", "/items/7", {}),
        ("GET", "/items/7", {}),
        ("GET", "/items/404", {}),
        ("GET", "/orders/0b9e7a52-6f4e-4d0a-9a53-0e6f0c1b2a3d", {}),
        ("GET", "/files/readme.txt", {}),
        ("POST", "/pets", {"json": {"kind": "cat", "lives": 9}}),
        ("POST", "/pets", {"json": {"kind": "dog", "barks": True}}),
        ("POST", "/upload", {"files": {"file": ("a b.txt", b"x" * 100_000, "text/plain")}, "data": {"note": "n"}}),
        ("POST", "/raw-file", {"files": {"data": b"abc"}}),
        ("POST", "/token", {"data": {"username": "ada", "password": "secret"}}),
        ("POST", "/token", {"data": {"username": "ada", "password": "wrong"}}),
        ("GET", "/me", {"headers": {"Authorization": "Bearer token-of-ada"}}),
        ("GET", "/me", {}),
        ("GET", "/events", {}),
    ]
)
