/** Its constructor returns the object it is given, so that a subclass adds its private fields to that object. */
class GivenObject {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: the purpose of this class.
    return object;
  }
}

/**
 * Associates a value with an object, like a WeakMap: only the owner of the table can read or set it, and it is freed
 * with the object. A WeakMap costs the garbage collector much more for objects as short-lived as a request.
 */
export type SideTable<T> = {
  readonly get: (object: object) => T | undefined;
  readonly set: (object: object, value: T) => void;
};

export function createSideTable<T>(): SideTable<T> {
  class Holder extends GivenObject {
    #value: T | undefined;

    static get(object: object): T | undefined {
      return #value in object ? object.#value : undefined;
    }

    static set(object: object, value: T) {
      const holder = #value in object ? object : new Holder(object);
      holder.#value = value;
    }
  }
  return Holder;
}
