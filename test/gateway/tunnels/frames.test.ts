import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { beginsMessage, closeFrame, FrameInvalid, FrameReader } from "../../../src/gateway/tunnels/frames.ts";
import { A_MASK, aFrame, closeOf, OPCODES, parseFrames } from "../../support/websocket/frames.ts";

/** Where each frame of `bytes` ends, if they arrive in pieces of this size. */
function endsIn(bytes: Buffer, pieceSize: number): readonly number[] {
  const reader = new FrameReader();
  const ends: number[] = [];
  for (let start = 0; start < bytes.length; start += pieceSize) {
    const piece = bytes.subarray(start, start + pieceSize);
    for (let at = 0; at < piece.length; ) {
      at = reader.read(piece, at);
      if (reader.isBetweenFrames) ends.push(start + at);
    }
  }
  return ends;
}

const FRAME = fc.record({
  opcode: fc.constantFrom(...Object.values(OPCODES)),
  size: fc.oneof(fc.integer({ min: 0, max: 130 }), fc.constantFrom(65_535, 65_536)),
  isMasked: fc.boolean(),
});

describe("a frame reader", () => {
  it("finds the end of every frame, in pieces of any size", () => {
    fc.assert(
      fc.property(fc.array(FRAME, { maxLength: 5 }), fc.integer({ min: 1, max: 200 }), (frames, pieceSize) => {
        const parts = frames.map(({ opcode, size, isMasked }) =>
          aFrame(Buffer.alloc(size, 0xff), { opcode, mask: isMasked ? A_MASK : undefined }),
        );
        const ends = parts.map((_, index) => Buffer.concat(parts.slice(0, index + 1)).length);
        expect(endsIn(Buffer.concat(parts), pieceSize)).toEqual(ends);
      }),
    );
  });

  it("refuses a length that no frame can have", () => {
    const head = Buffer.from([0x82, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    expect(() => new FrameReader().read(head, 0)).toThrow(FrameInvalid);
  });

  it("reads long payloads without keeping them", () => {
    const head = Buffer.from([0x82, 127, 0, 0, 1, 0, 0, 0, 0, 0]);
    const reader = new FrameReader();
    expect(reader.read(Buffer.concat([head, Buffer.alloc(1_000)]), 0)).toBe(1_010);
    expect(reader.isBetweenFrames).toBe(false);
  });
});

describe("a message", () => {
  it.each([
    [OPCODES.text, true],
    [OPCODES.binary, true],
    [OPCODES.continuation, false],
    [OPCODES.ping, false],
    [OPCODES.close, false],
  ])("begins with a frame of opcode %d: %s", (opcode, isBegun) => {
    expect(beginsMessage(aFrame("a", { opcode })[0])).toBe(isBegun);
    // Also with an extension's bits, such as those of compression.
    expect(beginsMessage((aFrame("a", { opcode, isLast: false })[0] ?? 0) | 0x40)).toBe(isBegun);
  });
});

describe("a close frame", () => {
  it.each([undefined, A_MASK])("has a code and a reason, of at most 125 bytes together (mask: %j)", (mask) => {
    const { frames, rest } = parseFrames(closeFrame(1008, "x".repeat(200), mask));
    expect(rest).toHaveLength(0);
    const [frame] = frames;
    if (frame === undefined) throw new Error("There is no frame.");
    expect(closeOf(frame)).toEqual({ code: 1008, reason: "x".repeat(123) });
  });
});
