/** The output so far, and a way to wait for more. */
export type Transcript = {
  readonly text: () => string;
  readonly write: (text: string) => void;
  /** Marks the end of the output. */
  readonly end: () => void;
  /** Resolves as soon as the text matches; rejects if it ends before. */
  readonly until: (pattern: RegExp) => Promise<RegExpExecArray>;
};

export function aTranscript(): Transcript {
  let text = "";
  let hasEnded = false;
  let looks: (() => void)[] = [];
  const lookAgain = () => {
    const waiting = looks;
    looks = [];
    for (const look of waiting) look();
  };

  return {
    text: () => text,
    write: (more) => {
      text += more;
      lookAgain();
    },
    end: () => {
      hasEnded = true;
      lookAgain();
    },
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(text);
          if (match) resolve(match);
          else if (hasEnded) reject(new Error(`It ended without ${pattern}, after:\n${text}`));
          else looks.push(look);
        };
        look();
      }),
  };
}
