// What an Authorization header holds: Basic credentials as OAuth uses them, form-encoded before base64 (RFC 6749 section 2.3.1),
// or a Bearer token (RFC 6750).

/** Decodes one form-encoded word. @returns null when a percent sign is not followed by two hex digits, or UTF-8 is broken */
function formDecode(text: string): string | null {
  // Most ids and secrets have nothing to decode, ours never.
  if (!/[%+]/.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

/**
 * Reads an Authorization header of scheme Basic.
 * @param header the whole header value
 * @returns null when the scheme is another one; 'malformed' when it is Basic but cannot be read strictly
 */
export function parseBasicCredentials(header: string): { id: string; secret: string } | 'malformed' | null {
  const match = /^basic(?:\s+(.*))?$/is.exec(header);
  if (!match) return null;
  const encoded = match[1] ?? '';
  const bytes = Buffer.from(encoded, 'base64');
  // Loosely decoded base64 is refused, and whatever else Node's decoder lets pass: there must be one spelling only.
  if (bytes.toString('base64') !== encoded) return 'malformed';
  const text = bytes.toString('latin1');
  const colon = text.indexOf(':');
  if (colon < 1) return 'malformed';
  const id = formDecode(text.slice(0, colon));
  const secret = formDecode(text.slice(colon + 1));
  if (id === null || secret === null || /\p{Cc}/u.test(id + secret)) return 'malformed';
  return { id, secret };
}

/** Reads an Authorization header of scheme Bearer (RFC 6750 section 2.1). @returns null when it is of another scheme */
export function parseBearerToken(header: string): string | 'malformed' | null {
  const match = /^bearer(?:\s+(.*))?$/is.exec(header);
  if (!match) return null;
  return /^[A-Za-z0-9\-._~+/]+=*$/.test(match[1] ?? '') ? (match[1] as string) : 'malformed';
}
