/** A command cannot do what it was asked; the message is for people, and names the cure. Exit code 1. */
export class CommandFailed extends Error {}

/** A command was called in a way that it does not understand. Exit code 2. */
export class UsageError extends Error {}
