/** A change to an item that others may have changed since the caller read it. */
export type Edit<Item, Update> = {
  readonly id: string;
  readonly update: Update;
  /** Is the item still the version that the change is based on? Called inside the transaction. */
  readonly isCurrent: (item: Item) => boolean;
};

/** The changed values, with the values before. Of metadata only that it changed: it may be long and private. */
export function differences(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>) {
  const changed = Object.keys(after).filter((name) => before[name] !== after[name]);
  const shown = changed.flatMap((name): [string, string][] =>
    name === "metadata"
      ? [[name, "changed"]]
      : [
          [name, after[name] ?? ""],
          [`${name}Before`, before[name] ?? ""],
        ],
  );
  return Object.fromEntries(shown);
}
