import type { Handler } from "../reply/handler.ts";

export const getData: Handler<"getData"> = () => ({
  status: 200,
  body: { message: "Access granted", data: [1, 2, 3] },
});

export const getInfo: Handler<"getInfo"> = () => ({ status: 200, body: "Info data" });

export const getSecretData: Handler<"getSecretData"> = () => ({
  status: 200,
  body: { message: "Welcome! Here is your secret data.", data: [10, 20, 30] },
});
