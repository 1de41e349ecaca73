/** A change of something that may have been changed by others since it was looked at. */
export type Edit<Item, Update> = {
  readonly id: string;
  readonly update: Update;
  /** Whether it still is what the change is based on; asked inside the transaction. */
  readonly isCurrent: (item: Item) => boolean;
};

/** Each word that is another one, with what it was before. Notes may be long and private: only that they changed. */
export function differences(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>) {
  const changed = Object.keys(after).filter((name) => before[name] !== after[name]);
  const told = changed.flatMap((name): [string, string][] =>
    name === "metadata"
      ? [[name, "changed"]]
      : [
          [name, after[name] ?? ""],
          [`${name}Before`, before[name] ?? ""],
        ],
  );
  return Object.fromEntries(told);
}
