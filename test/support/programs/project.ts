import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir, userInfo } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { blocksOf } from "../pages/page.ts";
import { type Child, startChild } from "../process/child.ts";
import { machine, ROOT, runIn } from "./packed.ts";

export type ProjectOptions = {
  /** Under docs/clients. */
  readonly page: string;
  /** Required programs, and how to install them. */
  readonly programs: Readonly<Record<string, string>>;
  /** What the page generates: deleted before each run. Downloads are kept. */
  readonly generated: readonly string[];
  /** Drivers, and their paths next to the files of the page. */
  readonly files: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Creates what the page expects its reader to have. */
  readonly prepare?: (folder: string, environment: Readonly<Record<string, string>>) => Promise<unknown>;
};

/** The variables that compilers and package managers need. */
const TOOLS = /^(?:GO|CARGO|RUST|JAVA|JDK|MAVEN|M2|PIP|PYENV)/;

/** Folders of programs that are not in the PATH of a shell without a profile. */
const PLACES = ["/usr/local/go/bin", join(homedir(), ".cargo/bin"), "/usr/local/bin", "/usr/bin", "/bin"];

/** Follows a page in its own folder, which is kept for the next run as long as the page does not change. */
export function aProject({ page, programs, generated, files, environment: more = {}, prepare }: ProjectOptions) {
  const text = readFileSync(join(ROOT, "docs/clients", page), "utf8");
  const version = createHash("sha256")
    .update(ROOT + text + JSON.stringify(more))
    .digest("hex")
    .slice(0, 12);
  const folder = join(tmpdir(), `latchkey-clients-${userInfo().uid}`, `${page}-${version}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const environment = environmentIn(folder, more);
  const bash = (commands: string) => runIn(environment)(["/bin/bash", "-ec", commands], folder);

  return {
    /** Saves the files of the page and runs its commands against the service at `url`. Returns their output. */
    follow: async (url: string, key: string): Promise<string> => {
      for (const [name, hint] of Object.entries(programs)) requireProgram(name, hint, environment);
      for (const path of generated) rmSync(join(folder, path), { recursive: true, force: true });
      for (const [path, content] of savedBy(text)) save(join(folder, path), content.replaceAll(HERE, url));
      for (const [driver, path] of Object.entries(files)) save(join(folder, path), readDriver(driver));
      await prepare?.(folder, environment);
      return bash(`export KEY=${key}\n${blocksOf(`clients/${page}`, "sh").join("\n").replaceAll(HERE, url)}`);
    },
    run: (commands: string): Promise<string> => bash(commands),
    /** Starts a program, with the URL of the service as `URL`. */
    start: (command: string, url: string): Child =>
      startChild(["/bin/bash", "-c", `exec ${command}`], { ...environment, URL: url }, folder),
  };
}

/** The URL of the service in the pages. */
const HERE = "http://127.0.0.1:8080";

/** The files that a page asks its reader to save: their paths precede their code blocks. */
function savedBy(text: string): readonly (readonly [path: string, content: string])[] {
  const fences = /^.*`([\w./-]+)`:\n\n```\w+\n([\s\S]*?)^```$/gm;
  return [...text.matchAll(fences)].map(([, path = "", content = ""]) => [path, content]);
}

/** Leaves unchanged files alone, so that they are not compiled again. */
function save(path: string, content: string) {
  mkdirSync(dirname(path), { recursive: true });
  if (!existsSync(path) || readFileSync(path, "utf8") !== content) writeFileSync(path, content);
}

function readDriver(name: string): string {
  return readFileSync(join(ROOT, "test/clients/drivers", name), "utf8");
}

function environmentIn(folder: string, more: Readonly<Record<string, string>>) {
  const { PATH = "", ...ordinary } = machine(folder);
  const tools = Object.entries(process.env).flatMap(([name, value = ""]) => (TOOLS.test(name) ? [[name, value]] : []));
  return { ...Object.fromEntries(tools), ...ordinary, ...more, PATH: [PATH, ...PLACES].join(delimiter) };
}

function requireProgram(name: string, hint: string, { PATH }: { readonly PATH: string }) {
  if (PATH.split(delimiter).some((place) => existsSync(join(place, name)))) return;
  throw new Error(`${name} is missing: ${hint}, because this suite runs the real program.`);
}
