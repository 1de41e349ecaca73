/** A command cannot be carried out. The message is for people: the problem, then the fix. Exit code 1. */
export class CommandFailed extends Error {}

/** The words or options of a command are wrong. The message is for people: the problem, then the fix. Exit code 2. */
export class UsageError extends Error {}
