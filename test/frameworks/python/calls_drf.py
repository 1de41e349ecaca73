"""The calls of a client of the shop. They begin with an empty shop, and leave an empty one."""

from calls import run

APPLE = {"name": "Apple & Ü", "price": "1.50", "colour": "red", "made": "2026-01-01T10:00:00+02:00"}

run(
    [
        ("POST", "/api/products/", {"json": APPLE}),
        ("POST", "/api/products/", {"data": {"name": "Pear", "price": "2.00"}}),
        ("POST", "/api/products/", {"files": {"name": (None, "Plum"), "price": (None, "3.00")}}),
        ("GET", "/api/products/", {"params": {"page": 2, "ordering": "-price"}}),
        ("GET", "/api/products/", {"params": {"search": "Apple & Ü"}}),
        ("GET", "/api/products/1/", {}),
        ("PATCH", "/api/products/1/", {"json": {"made": None}}),
        ("PUT", "/api/products/1/", {"json": APPLE}),
        ("POST", "/api/products/1/paint/", {"json": {"name": "Apple", "price": "1.00", "colour": "blue"}}),
        ("GET", "/api/products/99/", {}),
        ("GET", "/api/me/", {"headers": {"Authorization": f"Token {'a' * 40}"}}),
        ("GET", "/api/me/", {"auth": ("ada", "secret")}),
        ("GET", "/api/me/", {"headers": {"Authorization": "Token wrong"}}),
        *[("DELETE", f"/api/products/{number}/", {}) for number in (1, 2, 3)],
    ]
)
