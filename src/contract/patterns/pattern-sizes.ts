import type { AST } from "@eslint-community/regexpp";

/** How many characters `element` matches at most, or looks at. */
function widthOf(element: AST.Element): number {
  switch (element.type) {
    case "Quantifier": {
      const width = widthOf(element.element);
      return width === 0 || element.max === 0 ? 0 : width * element.max;
    }
    case "Group":
    case "CapturingGroup":
      return widestOf(element.alternatives);
    case "Assertion":
      return element.kind === "lookahead" || element.kind === "lookbehind" ? widestOf(element.alternatives) : 0;
    case "Backreference":
      return Number.POSITIVE_INFINITY;
    default:
      return 1;
  }
}

/** How many characters the longest of `alternatives` matches at most, or looks at. */
export function widestOf(alternatives: readonly AST.Alternative[]): number {
  return alternatives.reduce((most, { elements }) => Math.max(most, sumOf(elements.map(widthOf))), 0);
}

/** Counts the pieces of an element, with all its repetitions. It remembers what it has counted. */
export function createSizeOf(): (element: AST.Element) => number {
  const known = new Map<AST.Element, number>();
  const count = (element: AST.Element): number => {
    switch (element.type) {
      case "Quantifier":
        return (
          sizeOf(element.element) * (element.max === Number.POSITIVE_INFINITY ? Math.max(element.min, 1) : element.max)
        );
      case "Group":
      case "CapturingGroup":
        return Math.max(1, sumOf(element.alternatives.flatMap(({ elements }) => elements.map(sizeOf))));
      default:
        return 1;
    }
  };
  const sizeOf = (element: AST.Element): number => {
    const size = known.get(element) ?? count(element);
    known.set(element, size);
    return size;
  };
  return sizeOf;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
