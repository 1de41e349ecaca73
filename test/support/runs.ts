/** `npm run check` tries each property in full; `npm test`, which people run between two edits, a tenth as often. */
export const IS_THOROUGH = process.env["THOROUGH"] === "1";

/** How many cases a property is tried with, of those that it is tried with in full. */
export const runs = (inFull: number): number => (IS_THOROUGH ? inFull : Math.max(20, Math.ceil(inFull / 10)));
