// Refuses commit subjects that are too long, since the last release, or since this check was added.
import { spawnSync } from "node:child_process";

const LONGEST_SUBJECT = 72;

function git(...words: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync("git", words, { encoding: "utf8", cwd: import.meta.dirname });
  return status === 0 ? stdout.trim() : undefined;
}

function findStart(): string | undefined {
  const release = git("describe", "--tags", "--abbrev=0", "--match=v*");
  return release ?? git("log", "--diff-filter=A", "--format=%H", "-1", "--", "check-commits.ts");
}

const start = findStart();
// Before its own first commit, and in a copy without git, there is nothing to check.
const log = start === undefined || start === "" ? "" : (git("log", "--format=%h %s", `${start}..HEAD`) ?? "");
const commits = log.split("\n").filter((line) => line !== "");
const tooLong = commits.filter((line) => line.slice(line.indexOf(" ") + 1).length > LONGEST_SUBJECT);

for (const line of tooLong) console.error(`subject longer than ${LONGEST_SUBJECT} characters: ${line}`);
console.log(
  `${commits.length} commits since ${start?.slice(0, 12) || "nothing"}, ${tooLong.length} with a subject that is too long`,
);
process.exitCode = tooLong.length > 0 ? 1 : 0;
