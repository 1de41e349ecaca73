import { runProgram } from "../../../src/cli/program.ts";
import { PLAIN_SCREEN, type Screen } from "../../../src/cli/terminal/screen.ts";
import { loadBuiltInContract } from "../../../src/service/built-in-contract.ts";
import { UNSEEN, withoutDatabaseNote } from "./child.ts";
import { aTranscript, type Transcript } from "./transcript.ts";

export type Finished = { readonly code: number; readonly out: string; readonly err: string };

export type HostApp = {
  readonly environment?: Readonly<Record<string, string>>;
  readonly isTerminal?: boolean;
  /** The answer to every question at the terminal. */
  readonly answer?: boolean;
  /** By default that of a pipe. */
  readonly screen?: Screen;
};

export type Started = {
  readonly out: Transcript;
  readonly questions: readonly string[];
  readonly stop: () => void;
  readonly finished: Promise<Finished>;
};

/** Loaded once: a test file runs a hundred commands, and loading takes longer than most of them. */
const contract = loadBuiltInContract();

/** Starts the command line in this process and captures its output. */
export function startProgram(words: readonly string[], hostApp: HostApp = {}): Started {
  const { environment = {}, isTerminal = false, answer = false, screen = PLAIN_SCREEN } = hostApp;
  const [out, err] = [aTranscript(), aTranscript()];
  const questions: string[] = [];
  let stop = () => {};
  const askedToStop = new Promise<void>((resolve) => {
    stop = resolve;
  });

  const finished = runProgram(words, {
    environment: { ...UNSEEN, ...environment },
    contract,
    isTerminal,
    screen,
    out: out.write,
    err: err.write,
    confirm: async (question) => {
      questions.push(question);
      return answer;
    },
    whenAskedToStop: () => askedToStop,
    onReload: () => {},
    // A full collection would take seconds in a process that has run many tests.
    releaseMemory: () => {},
    atExit: () => {},
  }).then((code) => {
    out.end();
    return { code, out: out.text(), err: withoutDatabaseNote(err.text()) };
  });
  return { out, questions, stop, finished };
}

/** Runs a command that ends by itself. */
export function runCaptured(words: readonly string[], hostApp: HostApp = {}): Promise<Finished> {
  return startProgram(words, hostApp).finished;
}
