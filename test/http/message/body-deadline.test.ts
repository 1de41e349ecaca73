import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { createBodyDeadline } from "../../../src/http/message/body-deadline.ts";

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

function aBody() {
  const onLate = jest.fn();
  return { onLate, deadline: createBodyDeadline(onLate, 5_000) };
}

describe("a body that is read", () => {
  it("may take five seconds, and no millisecond more", () => {
    const { onLate } = aBody();
    jest.advanceTimersByTime(4_999);
    expect(onLate).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(onLate).toHaveBeenCalledTimes(1);
  });

  it("may take a second more for every 20,000 bytes that came", () => {
    const { onLate, deadline } = aBody();
    deadline.received(40_000);
    jest.advanceTimersByTime(6_999);
    expect(onLate).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(onLate).toHaveBeenCalledTimes(1);
  });

  it("may come slowly as long as it keeps coming", () => {
    const { onLate, deadline } = aBody();
    for (let second = 0; second < 60; second++) {
      deadline.received(20_000);
      jest.advanceTimersByTime(1_000);
    }
    expect(onLate).not.toHaveBeenCalled();
  });

  it("is not late once it is complete", () => {
    const { onLate, deadline } = aBody();
    deadline.stop();
    jest.advanceTimersByTime(60_000);
    expect(onLate).not.toHaveBeenCalled();
  });
});
