// Moments in whole seconds, as tokens tell them.

/** The seconds since 1970 (NumericDate, RFC 7519 section 2), the begun one left out. */
export function epochSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
