/** Times and days as the reader's language writes them, in the round's time zone. */
import { language } from './texts.ts';

const MINUTE = 60;

/** A Unix second as day and time with its zone. */
export function moment(at: number, timeZone: string): string {
  const parts: Intl.DateTimeFormatOptions = {
    year: 'numeric', month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit', timeZoneName: 'short',
  };
  const date = new Date(at * 1000);
  try {
    return new Intl.DateTimeFormat(language, { ...parts, timeZone }).format(date);
  } catch {
    // A zone that this browser does not know: the device's own, which the text names too.
    return new Intl.DateTimeFormat(language, parts).format(date);
  }
}

/** The full minute after so many seconds, as day and time. */
export function momentAfter(seconds: number, timeZone: string): string {
  return moment(Math.ceil((now() + seconds) / MINUTE) * MINUTE, timeZone);
}

/** A day of the calendar, from YYYY-MM-DD. */
export function day(written: string): string {
  const options: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'long', day: 'numeric', timeZone: 'UTC' };
  return new Intl.DateTimeFormat(language, options).format(new Date(`${written}T00:00:00Z`));
}

/** A whole number in groups of digits. */
export function number(value: number): string {
  return new Intl.NumberFormat(language).format(value);
}

/** The device's clock, in Unix seconds. */
export function now(): number {
  return Math.floor(Date.now() / 1000);
}
