// Imported before a program: writes the URL of each module that it loads to the file MODULES_LIST.
import { openSync, writeSync } from "node:fs";
import { registerHooks } from "node:module";

const list = openSync(process.env.MODULES_LIST ?? "", "w");
registerHooks({
  load(url, context, next) {
    if (url.startsWith("file:")) writeSync(list, `${url}\n`);
    return next(url, context);
  },
});
