// The responses of every server, so that only the way to them differs.

/** One key, as in the tutorial; the Map represents any number of keys. */
export const KEYS = new Map([[process.env.BENCH_KEY, { client: "bench" }]]);

export const UNAUTHORIZED = { error: "Unauthorized" };

export const data = () => ({ message: "Access granted", data: [1, 2, 3] });

export const item = (itemId, limit, sort) => ({ itemId, limit, sort });

export const order = ({ lines }) => ({ orderId: "ord_1", pieces: lines.reduce((sum, { pieces }) => sum + pieces, 0) });
