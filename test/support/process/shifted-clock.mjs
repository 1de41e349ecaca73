// Preloaded into a process: shifts its wall clock by the milliseconds in the file SHIFT_FILE.
import { readFileSync } from "node:fs";

const realNow = Date.now;
Date.now = () => realNow() + Number(readFileSync(process.env.SHIFT_FILE, "utf8"));
