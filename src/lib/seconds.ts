// Moments and whole seconds: tokens tell the time in them, and most of what ends is given so many.

/** The seconds since 1970 (NumericDate, RFC 7519 section 2), the begun one left out. */
export function epochSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

/** The moment so many seconds after another. */
export function later(date: Date, seconds: number): Date {
  return new Date(date.getTime() + seconds * 1000);
}
