/**
 * Owns how pages show a moment. In UTC and in words, since no script asks the browser where its reader is.
 */
import { momentInWords } from '../mail/words.js';

/** Props of `Moment`. */
export interface MomentProps {
  at: Date;
}

/** Such as `1 June 2026, 12:00 UTC`. */
export function Moment({ at }: MomentProps) {
  return <time datetime={at.toISOString()}>{momentInWords(at)}</time>;
}
