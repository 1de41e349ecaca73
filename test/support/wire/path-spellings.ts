/** The path that a misread path leads to: an operation that the key of the test may not call. */
export const ADMIN_PATH = "/admin";

/**
 * Ways out of `/items/{id}` to the admin path, for a program between the client and the API that reads paths
 * differently.
 */
export const ESCAPES: readonly string[] = [
  // Dot segments, written and encoded.
  ...["../admin", "./x", "..", ".", "%2e%2e/admin", "%2E%2E/admin", ".%2e/admin", "%2e./admin", "%2e", "x/../../admin"],
  // Encoded twice and more often.
  ...["%252e%252e", "%252e%252e%252fadmin", "%25252e%25252e", "..%252fadmin", "%25%32%65%25%32%65", "x%252fadmin"],
  // Slashes and backslashes.
  ...["..%2fadmin", "..%2Fadmin", "x%2f..%2fadmin", "..%5cadmin", "..%5Cadmin", "..%255cadmin", "%5c..%5cadmin"],
  ...["..\\admin", "x\\..\\..\\admin", "\\admin", "x\\", "..\\..\\admin", ".\\x", "%2e%2e\\admin"],
  // Parameters of a segment, as servlets read them.
  ...["..;/admin", "..;x=1/admin", "..%3b/admin", "x;y=1", ";x", "x%3By", "%2e%2e;/admin", "..;"],
  // Empty segments.
  ...["/admin", "/", "x//", "x/", "//admin"],
  // Control characters: some programs end a text there, others remove them.
  ...["x%00", "%00", "..%00/admin", "x%0d%0ay", "x%0D%0AHost:%20other", ".%09./admin", "x%0a", ".%0a.", "x%7f", "x%1b"],
  // Overlong and broken UTF-8.
  ...["%c0%ae%c0%ae/admin", "%c0%af", "%e0%80%ae", "%ff", "%ed%a0%80", "%c3", "%zz", "%", "%2", "x%u002e"],
  // Characters that look like others, or are normalized to them.
  ...["%e2%80%a4%e2%80%a4", "%ef%bc%8e%ef%bc%8e", "%ef%bc%8fadmin", "%e2%88%95admin", "%ef%bc%bcadmin", "%e3%80%82"],
  // Characters that need no encoding, and the case of encodings.
  ...["%61dmin", "%4d", "%c3%a9", "%C3%A9", "%C3%a9", "%7e", "~", "%2d"],
  // An early query or fragment.
  ...["x%3f/../../admin", "x?/../../admin", "x%23/../../admin", "x#/../../admin", "?", "x?", "x?..\\..\\admin", "x??"],
  // Dots and spaces at the end, which Windows ignores.
  ...["x.", "x..", "x%20", "...", "..%20", ".%20", "%20", "%20..", "x%c2%a0"],
  // Characters that only some programs encode.
  ...[
    "a:b",
    "a%3Ab",
    "a@b",
    "a+b",
    "a%2Bb",
    "a,b",
    "a'b",
    "a!b",
    "a(b)",
    "a*b",
    "a=b",
    "a&b",
    "a$b",
    'a"b',
    "a<b>",
    "a^b",
  ],
  ...["a`b", "a{b}", "a|b", "a[b]", "x"],
];

/** Spellings of paths for a request line. Most must not be admitted, and everywhere with the same result. */
export const PATH_SPELLINGS: readonly string[] = [
  ...ESCAPES.map((rest) => `/items/${rest}`),
  ...[
    "//items/x",
    "/./items/x",
    "/items/./x",
    "/ITEMS/x",
    "/%69tems/x",
    "/items%2fx",
    "/items\\x",
    "\\items\\x",
    "/items",
  ],
  ...["http://localhost/items/x", "http://localhost/items/..\\admin", "HTTP://localhost/items/x", "items/x", "*", ""],
  ...[
    "http://other.example/items/x",
    "http:///items/x",
    "/items/x http",
    "/items/\tx",
    "/items/.\t./admin",
    "/items/é",
  ],
];
