// Whether a browser has what it asks for already.

/**
 * Whether an If-None-Match header names one of these tags. It compares weakly: `W/` does not count (RFC 9110 section 13.1.2).
 * @param tags in quotation marks, without `W/`
 */
export function isKnownByTag(header: string | null | undefined, tags: readonly string[]): boolean {
  const given = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return given.includes('*') || given.some((tag) => tags.includes(tag));
}
