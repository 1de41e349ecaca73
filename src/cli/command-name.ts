/** How to start this program from a shell: a clone runs the sources, a project with the package the compiled files. */
export const COMMAND_NAME = import.meta.url.endsWith(".ts") ? "npm run -s latchkey --" : "npx latchkey";
