import { toReference } from "../../contract/document/json.ts";
import { loadDocument } from "../../contract/document/load.ts";
import type { Contract } from "../../contract/model/contract.ts";
import { commandText } from "../../lib/command-text.ts";
import { toTimestamp } from "../../lib/time/clock.ts";
import { loadBuiltInContract } from "../../service/built-in-contract.ts";
import { loadServedContract } from "../../service/served-contract.ts";
import { clearViolations, listViolations } from "../../store/request-violations.ts";
import type { ViolationCount } from "../../usage/violations.ts";
import { requireConsent, requireTerminal } from "../consent.ts";
import { CommandFailed } from "../failure.ts";
import { type JsonOption, toJson } from "../output.ts";
import { configOf, type Session, withActions, withChanges } from "../session.ts";

export type ObserveOptions = JsonOption & {
  readonly operation?: string;
  readonly overlay?: true;
  readonly clear?: true;
  readonly yes?: true;
};

/** Prints how requests did not match the contract while that was reported, each with its place in the contract. */
export async function observeContract(session: Session, options: ObserveOptions) {
  if (options.clear) return forget(session, options);
  const violations = await withActions(session, ({ db }) => listViolations(db, options.operation));
  const contract = await servedContract(session);
  if (options.overlay) return session.out(await overlayText(session, violations, contract));
  const views = violations.map((violation) => toView(violation, contract));
  if (options.json) return session.out(toJson({ items: views }));
  session.out(views.length === 0 ? NOTHING : `${views.map(toText).join("\n")}\n${HINT}`);
}

/** @throws CommandFailed without a contract that the changes are for. */
async function overlayText(session: Session, violations: readonly ViolationCount[], contract: Contract | undefined) {
  const { path } = (await configOf(session)).contract;
  if (contract === undefined || path === undefined)
    throw new CommandFailed(`The contract cannot be read as it is: ${commandText("contract check")} says why.`);
  // Only this option writes YAML.
  const { toOverlay } = await import("./overlay/overlay.ts");
  const { document } = loadDocument(path);
  return toOverlay(violations, {
    outline: contract.outline,
    written: document,
    lineOf: (violation) => placeOf(violation, contract).line,
  });
}

const NOTHING = "No violations are stored. They are counted for operations with x-latchkey: { requests: report }.\n";

const HINT =
  "Change the contract so that it allows these requests, or expect that they are refused once requests: enforce is set.\n" +
  `The changes as an OpenAPI Overlay: ${commandText("contract observe --overlay")}
` +
  `After a change, start counting again: ${commandText("contract observe --clear")}
`;

async function forget(session: Session, { operation, yes }: ObserveOptions) {
  requireTerminal(session, { yes });
  const what = operation === undefined ? "all violations" : `the violations of ${operation}`;
  await requireConsent(session, { yes }, `Forget ${what}?`, "Nothing was forgotten.");
  await withChanges(session, ({ db }) => clearViolations(db, operation));
  session.out(`Forgot ${what}.\n`);
}

/** Undefined when it cannot be served as it is: violations can be shown without it. */
async function servedContract(session: Session): Promise<Contract | undefined> {
  const config = await configOf(session);
  try {
    const parsed = await loadServedContract(config, loadBuiltInContract(), { hasHostApp: true });
    return parsed.kind === "sound" ? parsed.contract : undefined;
  } catch {
    return undefined;
  }
}

type View = Omit<ViolationCount, "firstAt" | "lastAt"> & {
  readonly firstAt: string;
  readonly lastAt: string;
  /** 0 where the contract has no such operation any more. */
  readonly line: number;
  /** What would have to be changed, as a reference into the contract. */
  readonly place: string;
};

function toView({ firstAt, lastAt, ...violation }: ViolationCount, contract: Contract | undefined): View {
  return { ...violation, firstAt: toTimestamp(firstAt), lastAt: toTimestamp(lastAt), ...placeOf(violation, contract) };
}

function placeOf(
  { operation, pointer }: Pick<ViolationCount, "operation" | "pointer">,
  contract: Contract | undefined,
) {
  const found = contract?.outline.operations.find(({ id }) => id === operation);
  const [, parameter] = /^#\/((?:query|header|path|cookie)\/.+)$/.exec(pointer) ?? [];
  const aspect = parameter === undefined ? "body" : "parameters";
  const word = parameter === undefined ? "requestBody" : "parameters";
  return {
    line: contract?.sourceLines.lineOf(operation, aspect, parameter) ?? 0,
    place: found === undefined ? "" : toReference([...found.pointer, word]),
  };
}

function toText({ operation, pointer, detail, count, lastAt, example, line, place }: View): string {
  const where = line === 0 ? "" : ` (line ${line}${place === "" ? "" : `, ${decodeURIComponent(place)}`})`;
  const times = count === 1 ? "once" : `${count.toLocaleString("en")} times`;
  const such = example === "" ? "" : `\n  such as ${example}`;
  return `${operation} ${pointer}: ${detail}\n  ${times}, last at ${lastAt}${where}${such}\n`;
}
