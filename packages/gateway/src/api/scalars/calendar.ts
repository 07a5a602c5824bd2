/** The parts that dates and times are made of, checked against calendar and clock. */

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?$/;
const ZONE = /(?:Z|[+-](\d{2}):(\d{2})(?::(\d{2}))?)$/;

/** `YYYY-MM-DD`, a day that exists. */
export function isDate(text: string): boolean {
  const parts = DATE.exec(text);
  if (parts === null) return false;
  const [year, month, day] = parts.slice(1).map(Number);
  return (
    month !== undefined && day !== undefined && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month)
  );
}

/** `hh:mm:ss` and up to nine digits of a second. */
export function isTime(text: string): boolean {
  const parts = TIME.exec(text);
  if (parts === null) return false;
  const [hours = 24, minutes = 60, seconds = 60] = parts.slice(1, 4).map(Number);
  return hours < 24 && minutes < 60 && seconds < 60;
}

/** Splits `Z` or an offset of at most 18 hours off the end; null when there is something else that ends like an offset. */
export function splitZone(text: string): { readonly text: string; readonly hasZone: boolean } | null {
  const zone = ZONE.exec(text);
  if (zone === null) return { text, hasZone: false };
  const [hours = 0, minutes = 0, seconds = 0] = zone.slice(1).map((part) => Number(part ?? 0));
  if (hours > 18 || minutes > 59 || seconds > 59) return null;
  return { text: text.slice(0, zone.index), hasZone: true };
}

function daysOf(year: number | undefined, month: number): number {
  if (month === 2) return year !== undefined && isLeapYear(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}
