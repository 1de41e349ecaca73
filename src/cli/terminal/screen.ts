/** What the place can show that the output of a command goes to. */
export type Screen = {
  /** Characters in a line; undefined: a file or a pipe, where nothing may be left out. */
  readonly columns: number | undefined;
  readonly hasColors: boolean;
  /** Whether it turns the escape sequence OSC 8 into a link. */
  readonly hasLinks: boolean;
};

/** A file or a pipe. */
export const PLAIN_SCREEN: Screen = { columns: undefined, hasColors: false, hasLinks: false };
