import type { Operation } from "../operations.ts";
import { type PathTemplate, parseTemplate, splitSegment, type TemplateSegment } from "./path-template.ts";

type Secured = Pick<Operation, "method" | "path"> &
  Partial<Pick<Operation, "isPublic" | "isOptional" | "requirements" | "otherAlternatives">>;

/** The rivals of `operation` for a path of these decoded segments. */
export type FindRivals<Op> = (operation: Op, texts: readonly string[]) => readonly Op[];

/**
 * Finds the rivals of an operation: others of its method that need another key, and that some programs find in the same
 * path. The route tables of Express and ASP.NET ignore case, so `/items/Mine` is `/items/mine` there, not `/items/{id}`;
 * Rails cuts `.json`, Windows dots and blanks at the end. And of `/{area}/mine/x` and `/items/{id}/x`, programs choose by
 * rules of their own. Such a request needs what its rivals need, too.
 */
export function createFindRivals<Op extends Secured>(operations: readonly Op[]): FindRivals<Op> {
  const root = createNode<Op>();
  const candidates = new Map(operations.map((operation) => [operation, toCandidate(operation)]));
  for (const candidate of candidates.values()) nodeFor(root, candidate.template).ends.push(candidate);
  // Few operations have any, and the others need no look at the tree.
  const contested = new Map([...candidates].filter(([{ path }, found]) => path.includes("{") && hasRival(root, found)));
  return (operation, texts) => {
    const found = contested.get(operation);
    if (found === undefined) return NONE;
    const ends = endsAt(root, texts, 0).filter((other) => isRival(found, other));
    return [...new Set(ends.map((other) => other.operation))];
  };
}

const NONE: readonly never[] = [];

/** An operation, with its path in folded texts. */
type Candidate<Op> = {
  readonly operation: Op;
  readonly template: PathTemplate;
  readonly needsKey: boolean;
  readonly access: string;
};

function toCandidate<Op extends Secured>(operation: Op): Candidate<Op> {
  const { path, isPublic, isOptional = false, requirements = [], otherAlternatives } = operation;
  return {
    operation,
    template: parseTemplate(path).map((segment) =>
      segment.map((part) => (part.kind === "text" ? { ...part, text: fold(part.text) } : part)),
    ),
    needsKey: !isOptional && requirements.some((requirement) => requirement.length > 0),
    access: JSON.stringify([isPublic, isOptional, requirements, otherAlternatives]),
  };
}

/** In upper case first: then `ſ` is `s` too, as for some programs. */
function fold(text: string): string {
  return text.toUpperCase().toLowerCase();
}

/** A place in the tree of folded segments. */
type Node<Op> = {
  readonly texts: Map<string, Node<Op>>;
  /** The segments with parameters, by shape. */
  readonly others: Map<string, { readonly segment: TemplateSegment; readonly node: Node<Op> }>;
  readonly ends: Candidate<Op>[];
};

function createNode<Op>(): Node<Op> {
  return { texts: new Map(), others: new Map(), ends: [] };
}

function nodeFor<Op>(root: Node<Op>, template: PathTemplate): Node<Op> {
  return template.reduce((node, segment) => {
    const text = textOf(segment);
    if (text !== undefined) {
      const known = node.texts.get(text) ?? createNode<Op>();
      node.texts.set(text, known);
      return known;
    }
    const shape = shapeOfSegment(segment);
    const known = node.others.get(shape) ?? { segment, node: createNode<Op>() };
    node.others.set(shape, known);
    return known.node;
  }, root);
}

/** Has `found` a rival in any request? */
function hasRival<Op extends Secured>(root: Node<Op>, found: Candidate<Op>): boolean {
  const isIn = (node: Node<Op>, at: number): boolean => {
    const segment = found.template[at];
    if (segment === undefined) return node.ends.some((other) => isRival(found, other));
    const text = textOf(segment);
    if (text !== undefined) return childrenAt(node, [text]).some((child) => isIn(child, at + 1));
    const children = [...node.texts.values(), ...[...node.others.values()].map((other) => other.node)];
    return children.some((child) => isIn(child, at + 1));
  };
  return isIn(root, 0);
}

/** All that programs may find for these segments. */
function endsAt<Op>(node: Node<Op>, texts: readonly string[], at: number): readonly Candidate<Op>[] {
  const text = texts[at];
  if (text === undefined) return node.ends;
  const readings = readingsOf(text, at === texts.length - 1);
  return childrenAt(node, readings).flatMap((child) => endsAt(child, texts, at + 1));
}

function childrenAt<Op>({ texts, others }: Node<Op>, readings: readonly string[]): readonly Node<Op>[] {
  const children = readings.flatMap((text) => texts.get(text) ?? NONE);
  for (const { segment, node } of others.values()) {
    if (readings.some((text) => fits(text, segment))) children.push(node);
  }
  return children;
}

/** A segment as programs read it that ignore case, and cut what is behind the last name. */
function readingsOf(sent: string, isLast: boolean): readonly string[] {
  const text = fold(sent);
  const name = isLast ? withoutEnd(text) : text;
  const dot = isLast ? name.lastIndexOf(".") : -1;
  const readings = dot < 0 ? [text, name] : [text, name, name.slice(0, dot)];
  return [...new Set(readings)];
}

/** Without dots and blanks at the end, in linear time. */
function withoutEnd(text: string): string {
  let end = text.length;
  while (end > 0 && /[.\s]/.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

function isRival<Op extends Secured>(found: Candidate<Op>, other: Candidate<Op>): boolean {
  if (!other.needsKey || other.access === found.access) return false;
  return other.operation.method === found.operation.method && isAhead(other.template, found.template);
}

/** Has `template` more text than the other one in some segment? Otherwise every program prefers the other one. */
function isAhead(template: PathTemplate, other: PathTemplate): boolean {
  return template.some((segment, index) => {
    const than = other[index] ?? [];
    if (textOf(than) !== undefined || isWhole(segment)) return false;
    return shapeOfSegment(segment) !== shapeOfSegment(than);
  });
}

function fits(text: string, segment: TemplateSegment): boolean {
  return isWhole(segment) ? text !== "" : splitSegment(text, segment) !== undefined;
}

function isWhole(segment: TemplateSegment): boolean {
  return segment.length === 1 && segment[0]?.kind === "parameter";
}

/** The text of a segment without parameters. */
function textOf(segment: TemplateSegment): string | undefined {
  const [first] = segment;
  if (first === undefined) return "";
  return segment.length === 1 && first.kind === "text" ? first.text : undefined;
}

function shapeOfSegment(segment: TemplateSegment): string {
  return segment.map((part) => (part.kind === "text" ? encodeURIComponent(part.text) : "{}")).join("");
}
