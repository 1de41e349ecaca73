/** A decimal number: `digits` times ten to the power of `exponent`. */
export type Decimal = { readonly digits: bigint; readonly exponent: number };

/** A number of JSON that no double of JavaScript holds, such as 100.000000000000000001. */
export class ExactNumber {
  readonly decimal: Decimal;

  constructor(decimal: Decimal) {
    this.decimal = decimal;
  }

  /** The nearest number that JavaScript has. */
  toDouble(): number {
    return Number(`${this.decimal.digits}e${this.decimal.exponent}`);
  }
}

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Arithmetic with longer numbers, or larger exponents, could take seconds. No double needs as many. */
const MAX_CHARACTERS = 1000;
const MAX_EXPONENT = 1000;

/** Undefined for a text that is not a number of JSON, and for one that is too long to calculate with. */
export function parseDecimal(text: string): Decimal | undefined {
  const [whole, sign = "", integer = "", fraction = "", power = "0"] = NUMBER.exec(text) ?? [];
  const exponent = Number(power) - fraction.length;
  if (whole === undefined || text.length > MAX_CHARACTERS || Math.abs(exponent) > MAX_EXPONENT) return undefined;
  return { digits: BigInt(`${sign}${integer}${fraction}`), exponent };
}

/** The number that JavaScript writes for `value`: 0.1 is a tenth, although the double is a little more. */
export function toDecimal(value: number | ExactNumber): Decimal | undefined {
  return value instanceof ExactNumber ? value.decimal : parseDecimal(String(value));
}

/** Negative if `one` is less than `other`, 0 if they are equal. */
export function compareDecimals(one: Decimal, other: Decimal): number {
  const [left, right] = onOneScale(one, other);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Whether `value` is a whole number of `steps`, which is not zero. */
export function isMultiple(value: Decimal, step: Decimal): boolean {
  const [left, right] = onOneScale(value, step);
  return right !== 0n && left % right === 0n;
}

export function isInteger(value: Decimal): boolean {
  return isMultiple(value, { digits: 1n, exponent: 0 });
}

/** One text for each number, however it is written. */
export function canonicalDecimal({ digits, exponent }: Decimal): string {
  if (digits === 0n) return "0";
  const [, significant = "", zeros = ""] = /^(-?\d*?)(0*)$/.exec(String(digits)) ?? [];
  return `${significant}e${exponent + zeros.length}`;
}

function onOneScale(one: Decimal, other: Decimal): readonly [bigint, bigint] {
  const exponent = Math.min(one.exponent, other.exponent);
  const scaled = (decimal: Decimal) => decimal.digits * 10n ** BigInt(decimal.exponent - exponent);
  return [scaled(one), scaled(other)];
}
