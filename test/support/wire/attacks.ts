import { Worker } from "node:worker_threads";

/** A pattern, the length of the longest text it is tested with, and how often. */
export type Attack = { readonly pattern: string; readonly longest: number; readonly times: number };

/**
 * Runs each pattern against texts that are built to keep a regular expression engine busy, in a thread that is
 * terminated when one takes too long.
 * @returns the patterns that were not done in time.
 */
export async function stalledBy(attacks: readonly Attack[], mostMs: number): Promise<readonly string[]> {
  const stalled: string[] = [];
  let rest = attacks;
  while (rest.length > 0) {
    const done = await runFrom(rest, mostMs);
    if (done < rest.length) stalled.push(rest[done]?.pattern ?? "");
    rest = rest.slice(done + 1);
  }
  return stalled;
}

/** How many of `attacks` were done before one took too long. */
function runFrom(attacks: readonly Attack[], mostMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(PROGRAM, { eval: true, workerData: attacks });
    let done = 0;
    let timer = setTimeout(end, mostMs);
    worker.on("message", () => {
      done++;
      clearTimeout(timer);
      timer = setTimeout(end, mostMs);
      if (done === attacks.length) end();
    });
    worker.on("error", reject);
    function end() {
      clearTimeout(timer);
      worker.terminate().then(() => resolve(done), reject);
    }
  });
}

// The texts are made of pieces that occur in the pattern or match its classes: a start, a piece that is repeated up to
// the
// length, and an end that does not match.
const PROGRAM = `
const { parentPort, workerData } = require("node:worker_threads");
function piecesOf(pattern) {
  const literal = pattern.match(/[A-Za-z0-9@.,:/_\\- <>"'=]/gu) ?? [];
  return new Set(["a", "0", "A", " ", ".", "aa", "a.", "a-", "0a", "a@", ...literal.slice(0, 8)]);
}
for (const { pattern, longest, times } of workerData) {
  const expression = new RegExp(pattern, "u");
  for (const start of ["", "a@"]) for (const pump of piecesOf(pattern)) for (const end of ["", "\\u0000"]) {
    const pumps = pump.repeat(Math.ceil(longest / pump.length));
    const text = start + pumps.slice(0, Math.max(0, longest - start.length - end.length)) + end;
    for (let time = 0; time < times; time++) expression.test(text);
  }
  parentPort.postMessage(pattern);
}
`;
