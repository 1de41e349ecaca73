/** Says which Node is needed if this one is too old. */
export function findNodeProblem(): string | undefined;
