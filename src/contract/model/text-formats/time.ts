const TIME = /^(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** RFC 3339 §5.6: a time with its offset. A leap second is at the end of a day of UTC. */
export function isTime(text: string): boolean {
  const [whole, hour, minute, second, sign, offsetHour = "0", offsetMinute = "0"] = TIME.exec(text) ?? [];
  const [h, m, s, oh, om] = [hour, minute, second, offsetHour, offsetMinute].map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (whole === undefined || h > 23 || m > 59 || oh > 23 || om > 59) return false;
  if (s < 60) return true;
  const offset = (oh * 60 + om) * (sign === "-" ? -1 : 1);
  const minutes = (h * 60 + m - offset + 2 * MINUTES_OF_A_DAY) % MINUTES_OF_A_DAY;
  return s === 60 && minutes === MINUTES_OF_A_DAY - 1;
}

const MINUTES_OF_A_DAY = 1440;

/** RFC 3339 §5.6. Between date and time a space is read too, as its note allows. */
export function isDateTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\d[Tt ]/.test(text) && isDate(text.slice(0, 10)) && isTime(text.slice(11));
}

export function isDate(text: string): boolean {
  const [whole, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  if (whole === undefined || m < 1 || m > 12 || d < 1) return false;
  const isLeapYear = y % 4 === 0 && (y % 100 !== 0 || y % 400 === 0);
  const days = [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return d <= (days[m - 1] ?? 0);
}

const DATE_PART = String.raw`(?:\d+Y(?:\d+M(?:\d+D)?)?|\d+M(?:\d+D)?|\d+D)`;
const TIME_PART = String.raw`T(?:\d+H(?:\d+M(?:\d+S)?)?|\d+M(?:\d+S)?|\d+S)`;

/** RFC 3339, appendix A. */
const DURATION = new RegExp(`^P(?:\\d+W|${DATE_PART}(?:${TIME_PART})?|${TIME_PART})$`);

export function isDuration(text: string): boolean {
  return DURATION.test(text);
}
