/** Hands back the very object that it is given, so that a class can put its private fields on it. */
class Given {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: that is what this class is for.
    return object;
  }
}

/**
 * A value that is kept beside an object: nobody else can reach or forge it, and it goes when the object goes. As a
 * WeakMap, but without its price for the garbage collector, which is high for objects that live as shortly as a request.
 */
export type SideTable<T> = {
  readonly get: (object: object) => T | undefined;
  readonly set: (object: object, value: T) => void;
};

export function createSideTable<T>(): SideTable<T> {
  class Holder extends Given {
    #value: T | undefined;

    static get(object: object): T | undefined {
      return #value in object ? (object as Holder).#value : undefined;
    }

    static set(object: object, value: T) {
      if (!(#value in object)) new Holder(object);
      (object as Holder).#value = value;
    }
  }
  return Holder;
}
