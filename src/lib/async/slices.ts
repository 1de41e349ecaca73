const waiting: (() => void)[] = [];
let isScheduled = false;

/**
 * Waits until long work may go on with its next slice. In one turn of the event loop one slice is done, whatever it belongs
 * to: with a pause of their own, the slices of two hundred callers would follow each other in one turn.
 */
export function nextSlice(): Promise<void> {
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
