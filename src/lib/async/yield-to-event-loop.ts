const waiting: (() => void)[] = [];
let isScheduled = false;

/**
 * Lets other work run between two slices of a long job. All long jobs of the process share one queue, and each turn of
 * the event loop resumes only one of them: if each job had its own timer, the slices of two hundred jobs would all run
 * in the same turn.
 */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    schedule();
  });
}

function schedule() {
  if (isScheduled) return;
  isScheduled = true;
  setImmediate(() => {
    isScheduled = false;
    waiting.shift()?.();
    if (waiting.length > 0) schedule();
  });
}
