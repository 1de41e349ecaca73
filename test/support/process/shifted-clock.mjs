// Preloaded into a process of ours: its wall clock is off by as many milliseconds as the file SHIFT_FILE says.
import { readFileSync } from "node:fs";

const realNow = Date.now;
Date.now = () => realNow() + Number(readFileSync(process.env.SHIFT_FILE, "utf8"));
