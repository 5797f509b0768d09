// Moments in the words of messages. In UTC, since nobody tells us where the reader is.

const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });

/** Such as `1 June 2026`. */
export function dayInWords(moment: Date): string {
  return dayFormat.format(moment);
}

/** Such as `1 June 2026, 12:00 UTC`. */
export function momentInWords(moment: Date): string {
  return `${dayInWords(moment)}, ${moment.toISOString().slice(11, 16)} UTC`;
}
