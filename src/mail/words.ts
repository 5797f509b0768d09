// Moments in the words of messages. In UTC, since nobody tells us where the reader is.

// Made when it is first needed: it takes as long as everything else of a message together, and each start would pay for it.
let dayFormat: Intl.DateTimeFormat | undefined;

/** Such as `1 June 2026`. */
export function dayInWords(moment: Date): string {
  dayFormat ??= new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
  return dayFormat.format(moment);
}

/** Such as `1 June 2026, 12:00 UTC`. */
export function momentInWords(moment: Date): string {
  return `${dayInWords(moment)}, ${moment.toISOString().slice(11, 16)} UTC`;
}
