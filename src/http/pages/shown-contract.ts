import type { RuleBook } from "../../auth/rule-book.ts";
import { asList, asRecord, type JsonObject } from "../../contract/document/json.ts";
import { type Operation, toOperation } from "../../contract/model/operations.ts";
import { type FoundOperation, type Outline, toOutline } from "../../contract/model/outline.ts";
import type { SecurityRequirement } from "../../contract/model/security.ts";
import type { ApiKey } from "../../keys/key.ts";
import { missingScopes } from "../../keys/scopes.ts";
import type { Instant } from "../../lib/time/clock.ts";
import { costWords, wordsOf } from "./limit-words.ts";

/** The contract, with the limits of each operation by plan in its description. */
export function withLimits(document: JsonObject, ruleBook: RuleBook): JsonObject {
  return withOperations(document, (found, outline) => {
    const operation = toOperation(outline, found);
    return withAddedText(found.operation, [costWords(operation.cost), limitsByPlan(operation, ruleBook)]);
  });
}

function limitsByPlan(operation: Operation, ruleBook: RuleBook): string {
  if (operation.cost === 0) return "";
  if (operation.isPublic) {
    const words = wordsOf(ruleBook.rulesOfPlan(ruleBook.defaultPlan, operation));
    return words === "none" ? "" : `**Limits**: ${words}`;
  }
  const plans = ruleBook.plans.map((plan) => {
    const isDefault = plan === ruleBook.defaultPlan;
    return `- plan \`${plan.name}\`${isDefault ? ", the default" : ""}: ${wordsOf(ruleBook.rulesOfPlan(plan, operation))}`;
  });
  return plans.length === 0 ? "" : ["**Limits**", "", ...plans].join("\n");
}

/** Only the operations that this key may call, each with the limits that apply to the key. */
export function personalContract(document: JsonObject, key: ApiKey, ruleBook: RuleBook, now: Instant): JsonObject {
  const usedTags = new Set<unknown>();
  const personal = withOperations(document, (found, outline) => {
    const operation = toOperation(outline, found);
    if (!mayCall(operation, key)) return undefined;
    for (const tag of asList(found.operation["tags"])) usedTags.add(tag);
    const rules = ruleBook.rulesOf(operation, operation.isPublic ? undefined : key, now);
    const limits = operation.cost === 0 ? "" : `**Your limits**: ${wordsOf(rules)}`;
    return withAddedText(found.operation, [costWords(operation.cost), operation.isPublic ? "" : limits]);
  });
  const info = asRecord(document["info"]);
  // A name may contain characters that a page would take for markup.
  const client = key.client.name.replaceAll(/[`<>]/g, "'");
  const whose = `**This is what the key \`${key.id}\` of the client \`${client}\` may call.**`;
  return {
    ...personal,
    info: withAddedText(info, [whose]),
    tags: asList(document["tags"]).filter((tag) => usedTags.has(asRecord(tag)["name"])),
  };
}

/** Whether the key has the scopes of at least one security requirement. */
function mayCall({ isPublic, isOptional, requirements }: Operation, key: ApiKey): boolean {
  const isMet = (requirement: SecurityRequirement) =>
    requirement.length > 0 &&
    missingScopes(
      key.scopes,
      requirement.flatMap(({ scopes }) => scopes),
    ).length === 0;
  return isPublic || isOptional || requirements.some(isMet);
}

/** The contract, with the scopes of each operation in its texts: Swagger UI does not show scopes of API keys. */
export function withScopes(document: JsonObject): JsonObject {
  return withOperations(document, (found, outline) => {
    const { operation } = found;
    const { isPublic, isOptional, isPassthrough, scopes } = toOperation(outline, found);
    const names = scopes.map((scope) => `\`${scope}\``).join(", ");
    const need = isPassthrough
      ? "Uses security of its own."
      : isPublic || isOptional
        ? NEEDS_NO_KEY[isOptional ? "optional" : "public"]
        : names === ""
          ? "Any valid key."
          : `Needs the scope ${names}.`;
    const brief = isPassthrough
      ? "own security"
      : isPublic
        ? "public"
        : isOptional
          ? "key optional"
          : scopes.join(", ") || "any key";
    return {
      ...operation,
      summary: `${operation["summary"] ?? operation["operationId"]} · ${brief}`,
      description: `**${need}**\n\n${operation["description"] ?? ""}`,
    };
  });
}

const NEEDS_NO_KEY = { public: "No key needed.", optional: "No key needed; one that is sent must be valid." } as const;

function withAddedText(operation: JsonObject, words: readonly string[]): JsonObject {
  const added = words.filter((text) => text !== "");
  if (added.length === 0) return operation;
  const before = operation["description"];
  return { ...operation, description: [...(typeof before === "string" ? [before] : []), ...added].join("\n\n") };
}

/** A copy with each operation changed, or removed if `change` returns undefined; everything else stays as it is. */
export function withOperations(
  document: JsonObject,
  change: (found: FoundOperation, outline: Outline) => JsonObject | undefined,
): JsonObject {
  const outline = toOutline(document);
  const changed = new Map(outline.operations.map((found) => [`${found.path} ${found.method}`, change(found, outline)]));
  const paths = outline.pathItems.flatMap(({ path, item }) => {
    const entries = Object.entries(item).flatMap(([name, value]) => {
      const key = `${path} ${name}`;
      if (!changed.has(key)) return [[name, value] as const];
      const operation = changed.get(key);
      return operation === undefined ? [] : [[name, operation] as const];
    });
    const isLeft = entries.some(([name]) => changed.has(`${path} ${name}`));
    return isLeft ? [[path, Object.fromEntries(entries)] as const] : [];
  });
  return { ...document, paths: Object.fromEntries(paths) };
}
