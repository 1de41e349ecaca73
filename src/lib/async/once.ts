/** Makes it when it is first asked for, and hands out the same from then on; whatever it is, a promise too. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
