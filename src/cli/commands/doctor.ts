import { type CheckResult, runChecks, type Verdict } from "../checks/check.ts";
import { LOCAL_CHECKS } from "../checks/local-checks.ts";
import { lookAround, withHeartbeat } from "../checks/look-around.ts";
import { CommandFailed } from "../failure.ts";
import { type JsonOption, toJson } from "../output.ts";
import { type Session, settingsOf } from "../session.ts";
import { paintWithDocs } from "../terminal/docs-links.ts";
import { Painted, pad, paint } from "../terminal/painted.ts";
import { withProgress } from "../terminal/progress.ts";
import type { Screen } from "../terminal/screen.ts";

/** Prints what is in order and what is not, each with its fix; fails if there is a problem. */
export async function diagnose(session: Session, { json }: JsonOption) {
  const results = await withProgress(session, "Checking", () => examine(session));
  const verdict = worstOf(results);
  if (json) {
    const checks = results.map(({ check, verdict, fact, cure = null }) => ({ check, verdict, fact, cure }));
    session.out(toJson({ verdict, checks }));
  } else {
    session.show(toLines(results, session.screen));
  }
  const summary = summaryOf(results);
  if (verdict === "problem") throw new CommandFailed(summary);
  if (!json) session.out(`\n${summary}\n`);
}

async function examine(session: Session): Promise<readonly CheckResult[]> {
  const settings = await settingsOf(session).catch((error: Error) => error);
  if (settings instanceof CommandFailed) {
    // Each line is a mistake with its fix. Without settings, it is unknown what else to check.
    return settings.message.split("\n").map((fact) => ({ check: "settings", verdict: "problem", fact }));
  }
  if (settings instanceof Error) throw settings;
  const file = settings.gathered.file ?? "no settings file: environment and defaults";
  const installation = await withHeartbeat(await lookAround(session, settings.config));
  return [{ check: "settings", verdict: "ok", fact: file }, ...(await runChecks(LOCAL_CHECKS, installation))];
}

function worstOf(results: readonly CheckResult[]): Verdict {
  const verdicts = results.map(({ verdict }) => verdict);
  return (["problem", "warning"] as const).find((one) => verdicts.includes(one)) ?? "ok";
}

const STYLES = { ok: "green", warning: "yellow", problem: "red" } as const satisfies Record<Verdict, string>;

const VERDICT_WIDTH = "problem".length;
const CHECK_WIDTH = "permissions".length;

/** Facts and fixes stay whole: they are read once, and fixes are copied. */
function toLines(results: readonly CheckResult[], screen: Screen): Painted {
  const lines = results.map(({ check, verdict, fact, cure }) => {
    const shown = pad(paint({ text: verdict, style: STYLES[verdict] }, screen), verdict, VERDICT_WIDTH);
    const first = `${shown}  ${check.padEnd(CHECK_WIDTH)}  ${paint(fact, screen)}\n`;
    return cure === undefined
      ? first
      : `${first}${" ".repeat(VERDICT_WIDTH + CHECK_WIDTH + 4)}→ ${paintWithDocs(cure, screen)}\n`;
  });
  return new Painted(lines.join(""));
}

function summaryOf(results: readonly CheckResult[]): string {
  const count = (wanted: Verdict) => results.filter(({ verdict }) => verdict === wanted).length;
  const [problems, warnings] = [count("problem"), count("warning")];
  const words = [
    problems === 0 ? "No problems" : problems === 1 ? "1 problem" : `${problems} problems`,
    ...(warnings === 0 ? [] : [warnings === 1 ? "1 warning" : `${warnings} warnings`]),
  ];
  return `${words.join(", ")}.`;
}
