/** %Y and %T: nanoseconds since 1970 as local time. */
import type { Integer } from '../values.js';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** `1990 Aug  9 12:34:56` */
export const calendarTime = bySecond((at) => {
  const day = String(at.getDate()).padStart(2);
  return `${at.getFullYear()} ${months[at.getMonth()]} ${day} ${clock(at)}`;
});

/** `Thu, 09 Aug 1990 12:34:56 CEST` */
export const mailTime = bySecond((at) => {
  const date = `${two(at.getDate())} ${months[at.getMonth()]} ${at.getFullYear()}`;
  return `${days[at.getDay()]}, ${date} ${clock(at)} ${zone(at)}`;
});

/** Output often has many records of one second; only the first of them costs a calculation. */
function bySecond(format: (at: Date) => string): (nanoseconds: Integer) => string {
  let second = Number.NaN;
  let text = '';
  return (nanoseconds) => {
    const current = Number(BigInt(nanoseconds) / 1_000_000_000n);
    if (current !== second) {
      second = current;
      text = format(new Date(current * 1000));
    }
    return text;
  };
}

function clock(at: Date): string {
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function zone(at: Date): string {
  return /\(([A-Z]{2,5})\)/.exec(at.toString())?.[1] ?? zoneFormat().format(at).split(' ').at(-1) ?? '';
}

let cachedZoneFormat: Intl.DateTimeFormat | undefined;

function zoneFormat(): Intl.DateTimeFormat {
  cachedZoneFormat ??= new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' });
  return cachedZoneFormat;
}
