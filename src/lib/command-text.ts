/** A clone runs the sources, a project with the package the compiled files. The door may know better. */
let program = import.meta.url.endsWith(".ts") ? "npm run -s latchkey --" : "npx latchkey";

/** Tells how this program is started from a shell; called once, before any command is printed. */
export function nameProgram(name: string) {
  program = name;
}

/** A command of this program as people can type it, to be printed. @param words what follows `latchkey`. */
export function commandText(words: string): string {
  return `${program} ${words}`;
}
