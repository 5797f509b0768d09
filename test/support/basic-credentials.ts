/** Writes credentials as `client_secret_basic` wants them: form-encoded, then in base64 (RFC 6749 section 2.3.1). */
export function formatBasicCredentials(id: string, secret: string): string {
  const encode = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);
  return `Basic ${Buffer.from(`${encode(id)}:${encode(secret)}`).toString('base64')}`;
}
