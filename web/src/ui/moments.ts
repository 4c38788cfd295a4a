/** Times and days as the reader's language writes them, in the round's time zone. */
import { language, say } from './texts.ts';

/** Seconds of a minute. */
export const MINUTE = 60;

/** A Unix second as day and time with its zone. */
export function moment(at: number, timeZone: string): string {
  const date = new Date(at * 1000);
  try {
    return write(date, { timeZone });
  } catch {
    // A zone that this browser does not know: the device's own, which the text names too.
    return write(date, {});
  }
}

function write(date: Date, zone: Intl.DateTimeFormatOptions): string {
  const words = new Intl.DateTimeFormat(language, { year: 'numeric', month: 'long', day: 'numeric', ...zone }).format(date);
  const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short', ...zone }).formatToParts(date);
  const part = (type: string) => clock.find((one) => one.type === type)?.value ?? '';
  const offset = part('timeZoneName').replace('GMT', 'UTC');
  return say('client-moment', { day: words, time: `${part('hour')}:${part('minute')}`, offset });
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
