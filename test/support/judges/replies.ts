import type fc from "fast-check";
import { asRecord } from "../../../src/contract/document/json.ts";
import type { JudgedReply } from "../../../src/contract/judge/judge.ts";
import { JSON_TYPE } from "../../../src/contract/model/bodies/media-types.ts";
import type { Contract } from "../../../src/contract/model/contract.ts";
import type { FoundOperation } from "../../../src/contract/model/outline.ts";
import { samplesOf } from "../model/samples.ts";

/** Replies in JSON of an operation, with each successful status; most are valid. */
export function repliesOf(contract: Contract, found: FoundOperation): readonly fc.Arbitrary<JudgedReply>[] {
  const operation = contract.operations.find(({ id }) => id === found.id);
  if (operation === undefined) throw new Error(`The contract has no operation ${found.id}.`);
  const successful = Object.entries(asRecord(found.operation["responses"])).filter(([status]) =>
    /^2\d\d$/.test(status),
  );
  return successful.flatMap(([status, written]) => {
    const content = Object.entries(asRecord(contract.outline.document.resolve(written)?.["content"]));
    const [mediaType, media] = content.find(([type]) => JSON_TYPE.test(type)) ?? [];
    const schema = asRecord(media)["schema"];
    if (mediaType === undefined || schema === undefined) return [];
    return [
      samplesOf(contract.document, schema).map((body) => ({ operation, status: Number(status), mediaType, body })),
    ];
  });
}
