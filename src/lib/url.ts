// Whether a text is a URL.

/**
 * Says whether `new URL(text)` takes it. Not by `URL.canParse`: once Node 20 has called that often it refuses texts with letters such
 * as ü, which it takes for broken UTF-8.
 */
export function isUrl(text: string): boolean {
  try {
    new URL(text);
    return true;
  } catch {
    return false;
  }
}
