/** Part of a contract cannot be compiled, so only the validator can judge it. The message says why. */
export class NotCompiled extends Error {}
