// Reads a text as a URL.

/**
 * What `new URL(text)` makes of a text, or null where that refuses it. Not by `URL.canParse`: once Node 20 has called that often it
 * refuses texts with letters such as ü, which it takes for broken UTF-8.
 */
export function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
