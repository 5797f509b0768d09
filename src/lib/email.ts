// E-mail addresses: what we accept, and the key by which two spellings are the same.

/** The most characters that an address can have (RFC 5321 section 4.5.3.1). */
export const longestEmail = 254;

/** The form by which an address is looked up: NFC, lower case, without surrounding space. */
export function emailKey(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}

/** Says whether a text has the shape of an address. Only a message sent to it could prove more. */
export function isEmail(email: string): boolean {
  return (
    email.length <= longestEmail && /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"]+$/u.test(email) && !/\p{Cc}/u.test(email)
  );
}
