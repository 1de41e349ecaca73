import { isWellEncoded } from "../../../lib/http/percent.ts";
import type { Operation } from "../operations.ts";
import type { OperationSecurity } from "../security.ts";
import { areSelected, maySelect, type SelectorSource } from "../selectors.ts";
import { obstacleIn } from "./path-obstacles.ts";
import { namesIn, parseTemplate, sliceSent, splitSegment, type TemplateSegment } from "./path-template.ts";
import { decodedToTheEnd, type ValueProblem, valueProblem, withoutSemicolon } from "./path-value.ts";
import { createFindRivals } from "./rivals.ts";

type Routed = Pick<Operation, "method" | "path"> &
  Partial<Pick<Operation, "slashParameters" | "matrixParameters" | "selectors" | keyof OperationSecurity>>;

export type Match<Op extends Routed = Operation> =
  | {
      readonly kind: "matched";
      readonly operation: Op;
      readonly pathParams: Readonly<Record<string, string>>;
      /** As sent: those that were percent-encoded. */
      readonly encodedPathParams?: Readonly<Record<string, string>>;
      /** Others have its method and path, and a request selects one of them. */
      readonly isSelected: boolean;
      /** Others that another program may find in this path: the request needs what they need, too. */
      readonly rivals: readonly Op[];
    }
  | {
      readonly kind: "not-found";
      /** The parameter whose value is the reason. */
      readonly refused?: { readonly parameter: string; readonly problem: ValueProblem };
    }
  /** The path exists, with these `methods`. */
  | { readonly kind: "method-not-allowed"; readonly methods: readonly string[] };

export type Routes<Op extends Routed = Operation> = {
  /** @param source the values by which a request selects one of several operations; by default, it is the first. */
  readonly match: (method: string, path: string, source?: SelectorSource) => Match<Op>;
  /**
   * The same for a path that another program forwards as it was sent: it must mean the same operation to a program that
   * does not decode it.
   */
  readonly matchAsSent: (method: string, path: string, source?: SelectorSource) => Match<Op>;
};

/**
 * The route table. A path is split at its slashes and then decoded (RFC 3986 §2.4); each segment that the contract writes
 * out goes before one with parameters. Case and a slash at the end count, and no parameter is empty.
 * @param forwarded the operations whose path another program reads again.
 */
export function createRoutes<Op extends Routed>(
  operations: readonly Op[],
  forwarded: readonly Op[] = operations,
): Routes<Op> {
  const root = createNode<Op>();
  for (const operation of operations) addRoute(root, operation);
  sortMixed(root);
  const findRivals = createFindRivals(forwarded);

  const match = (method: string, path: string, source?: SelectorSource): Match<Op> => {
    const texts = segmentsOf(path);
    const end = texts && findEnd(root, texts, 0);
    if (texts === undefined || end === undefined) return NOT_FOUND;
    const routes = end.routes.get(method);
    if (routes === undefined) return { kind: "method-not-allowed", methods: [...end.routes.keys()] };
    const route = source === undefined ? routes[0] : findSelected(routes, source);
    if (route === undefined) return NOT_FOUND;
    const found = toMatch(route, texts, { path, isSelected: routes.length > 1 });
    if (found.kind !== "matched") return found;
    const { parameter, readings } = otherReadings(route, texts);
    if (!readings.every((other) => findEnd(root, other, 0) === end)) return refused(parameter, "reading");
    const inPath =
      readings.length === 0
        ? findRivals(route.operation, texts)
        : [texts, ...readings].flatMap((one) => findRivals(route.operation, one));
    const inSelectors = source === undefined ? NO_RIVALS : selectedBesides(route, routes, source);
    return inPath.length + inSelectors.length === 0 ? found : { ...found, rivals: [...inPath, ...inSelectors] };
  };

  return {
    match,
    matchAsSent: (method, path, source) => {
      const found = match(method, path, source);
      if (found.kind !== "matched" || !/[%;]/.test(path)) return found;
      const undecoded = findEnd(root, asUnencoded(path).slice(1).split("/"), 0)?.routes.get(method);
      const mayHaveSemicolon = (found.operation.matrixParameters ?? []).length > 0;
      const isSame = undecoded?.some(({ operation }) => operation === found.operation) ?? false;
      if (isSame && (mayHaveSemicolon || !path.includes(";"))) return found;
      const [parameter] = namesIn(found.operation.path);
      return parameter === undefined ? NOT_FOUND : refused(parameter, "spelling");
    },
  };
}

/** Decodes what is not ASCII, and thus has no other spelling in a path (RFC 3986 §2.5). */
function asUnencoded(path: string): string {
  return path.replace(/(?:%[89A-F][0-9A-F])+/g, (bytes) => (isWellEncoded(bytes) ? decodeURIComponent(bytes) : bytes));
}

const NOT_FOUND = { kind: "not-found" } as const;
const NO_RIVALS: readonly never[] = [];

function refused(parameter: string, problem: ValueProblem): Match<never> {
  return { ...NOT_FOUND, refused: { parameter, problem } };
}

/** A place in the tree of segments. */
type Node<Op> = {
  /** By the decoded text of a whole segment. */
  readonly texts: Map<string, Node<Op>>;
  /** The segments of text and parameters, by shape; those with the most text first. */
  readonly mixed: Map<string, Mixed<Op>>;
  /** After a segment that is one parameter. */
  whole: Node<Op> | undefined;
  /** By method, those with the most selectors first; empty where no path ends. */
  readonly routes: Map<string, readonly Route<Op>[]>;
};

type Mixed<Op> = { readonly segment: TemplateSegment; readonly node: Node<Op> };

type Route<Op> = { readonly operation: Op; readonly captures: readonly Capture[] };

/** A segment with parameters, and its place in the path. */
type Capture = { readonly index: number; readonly segment: TemplateSegment; readonly names: readonly string[] };

function createNode<Op>(): Node<Op> {
  return { texts: new Map(), mixed: new Map(), whole: undefined, routes: new Map() };
}

function addRoute<Op extends Routed>(root: Node<Op>, operation: Op) {
  // The checks report it.
  if (obstacleIn(operation.path) !== undefined) return;
  const template = parseTemplate(operation.path);
  const node = template.reduce(childFor, root);
  const captures = template.flatMap((segment, index): Capture[] => {
    const names = segment.flatMap((part) => (part.kind === "parameter" ? [part.name] : []));
    return names.length === 0 ? [] : [{ index, segment, names }];
  });
  // Of two operations that match the same requests the checks report one; the first one counts.
  const before = node.routes.get(operation.method) ?? [];
  const all = [...before, { operation, captures }];
  node.routes.set(
    operation.method,
    all.toSorted((one, other) => countOf(other) - countOf(one)),
  );
}

function countOf({ operation: { selectors = [] } }: Route<Routed>): number {
  return selectors.length;
}

/** The route whose selectors a request meets; a single one needs none, and a wrong value is an invalid parameter. */
function findSelected<Op extends Routed>(routes: readonly Route<Op>[], source: SelectorSource): Route<Op> | undefined {
  if (routes.length === 1) return routes[0];
  return routes.find(({ operation: { selectors = [] } }) => areSelected(selectors, source));
}

/** The other operations that some program may select in the request: it may read a value that comes twice, for example. */
function selectedBesides<Op extends Routed>(
  route: Route<Op>,
  routes: readonly Route<Op>[],
  source: SelectorSource,
): readonly Op[] {
  if (routes.length === 1) return NO_RIVALS;
  const others = routes.map(({ operation }) => operation).filter((one) => one !== route.operation);
  return others.filter(({ selectors = [] }) => selectors.length > 0 && maySelect(selectors, source));
}

function childFor<Op>(node: Node<Op>, segment: TemplateSegment): Node<Op> {
  const [first] = segment;
  if (segment.length > 1) {
    const shape = shapeOfSegment(segment);
    const known = node.mixed.get(shape) ?? { segment, node: createNode<Op>() };
    node.mixed.set(shape, known);
    return known.node;
  }
  if (first?.kind === "parameter") {
    node.whole ??= createNode();
    return node.whole;
  }
  const text = first?.text ?? "";
  const known = node.texts.get(text) ?? createNode<Op>();
  node.texts.set(text, known);
  return known;
}

function shapeOfSegment(segment: TemplateSegment): string {
  return segment.map((part) => (part.kind === "parameter" ? "{}" : encodeURIComponent(part.text))).join("");
}

function sortMixed<Op>(node: Node<Op>) {
  const byText = [...node.mixed].toSorted(([, one], [, other]) => textLength(other.segment) - textLength(one.segment));
  node.mixed.clear();
  for (const [shape, mixed] of byText) node.mixed.set(shape, mixed);
  const children = [...node.texts.values(), ...byText.map(([, mixed]) => mixed.node), node.whole];
  for (const child of children) if (child !== undefined) sortMixed(child);
}

function textLength(segment: TemplateSegment): number {
  return segment.reduce((sum, part) => sum + (part.kind === "text" ? part.text.length : 0), 0);
}

/** What is not a path: a query, a fragment, and a backslash, which some programs read as a slash. */
const NOT_A_PATH = /[?#\\]/;

/** The decoded segments of a path. */
function segmentsOf(path: string): readonly string[] | undefined {
  if (!path.startsWith("/") || NOT_A_PATH.test(path) || !isWellEncoded(path)) return undefined;
  const written = path.slice(1).split("/");
  return path.includes("%") ? written.map((text) => decodeURIComponent(text)) : written;
}

/** The node where these segments lead to an operation. Each node of the tree is visited at most once. */
function findEnd<Op>(node: Node<Op>, texts: readonly string[], at: number): Node<Op> | undefined {
  const text = texts[at];
  if (text === undefined) return node.routes.size > 0 ? node : undefined;
  const next = node.texts.get(text);
  const found = next && findEnd(next, texts, at + 1);
  if (found !== undefined || text === "") return found;
  for (const { segment, node: child } of node.mixed.values()) {
    const end = splitSegment(text, segment) && findEnd(child, texts, at + 1);
    if (end !== undefined) return end;
  }
  return node.whole && findEnd(node.whole, texts, at + 1);
}

/**
 * The segments as some programs read them: they decode a parameter again, or cut it at a semicolon, which is a part of it
 * only where it is declared. What they find must be the same operation.
 */
function otherReadings(
  { operation, captures }: Route<Routed>,
  texts: readonly string[],
): { readonly parameter: string; readonly readings: readonly (readonly string[])[] } {
  const unusual = captures.filter(({ index }) => /[%;]/.test(texts[index] ?? ""));
  if (unusual.length === 0) return ONE_READING;
  const { matrixParameters = [] } = operation;
  const decoded = [...texts];
  const cut = [...texts];
  for (const { index, names } of unusual) {
    const text = decodedToTheEnd(texts[index] ?? "");
    decoded[index] = text;
    cut[index] = names.some((name) => matrixParameters.includes(name)) ? text : withoutSemicolon(text);
  }
  return { parameter: unusual[0]?.names[0] ?? "", readings: [decoded, cut] };
}

const ONE_READING = { parameter: "", readings: [] } as const;

function toMatch<Op extends Routed>(
  { operation, captures }: Route<Op>,
  texts: readonly string[],
  { path, isSelected }: { readonly path: string; readonly isSelected: boolean },
): Match<Op> {
  const pathParams: Record<string, string> = {};
  for (const { index, segment, names } of captures) {
    const text = texts[index] ?? "";
    const ranges = segment.length === 1 ? undefined : splitSegment(text, segment);
    for (const [at, name] of names.entries()) {
      const value = ranges === undefined ? text : text.slice(...(ranges[at] ?? []));
      const refusal = refuse(operation, name, value);
      if (refusal !== undefined) return refusal;
      // A name that comes twice must have one value, because only one is checked.
      if (Object.hasOwn(pathParams, name) && pathParams[name] !== value) return NOT_FOUND;
      pathParams[name] = value;
    }
  }
  const found = { kind: "matched", operation, pathParams, isSelected, rivals: NO_RIVALS } as const;
  return path.includes("%") ? { ...found, encodedPathParams: encodedIn(path, captures) } : found;
}

function encodedIn(path: string, captures: readonly Capture[]): Readonly<Record<string, string>> {
  const encoded: Record<string, string> = {};
  const written = path.slice(1).split("/");
  for (const { index, segment, names } of captures) {
    const sent = written[index] ?? "";
    const ranges = segment.length === 1 ? undefined : splitSegment(decodeURIComponent(sent), segment);
    for (const [at, name] of names.entries()) {
      const part = ranges === undefined ? sent : sliceSent(sent, ranges[at]);
      if (part.includes("%")) encoded[name] = part;
    }
  }
  return encoded;
}

/** Values that every program reads as one segment: nearly all. */
const PLAIN = /^[\w~-][\w.~-]*$/;

function refuse(
  { slashParameters = [], matrixParameters = [] }: Routed,
  name: string,
  value: string,
): Match<never> | undefined {
  if (PLAIN.test(value)) return undefined;
  const problem = valueProblem(value, { isMatrix: matrixParameters.includes(name) });
  const isAllowed = problem === undefined || (problem === "slash" && slashParameters.includes(name));
  return isAllowed ? undefined : refused(name, problem);
}
