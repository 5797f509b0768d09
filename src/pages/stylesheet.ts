/**
 * Owns putting the rules together to the one stylesheet of the pages, and the address it is served under. The address carries a
 * hash of the text, so it may be cached for ever. Leaves to others: the rules (styles/), and serving it.
 *
 * There are no animations beyond a short colour transition, which is off for those who asked for less motion.
 */
import { createHash } from 'node:crypto';
import { formRules } from './styles/forms.js';
import { frameRules } from './styles/frame.js';
import { listRules } from './styles/lists.js';
import { colourRules } from './styles/palette.js';
import { textRules } from './styles/text.js';

/** The stylesheet's text. */
export const stylesheet = [colourRules, frameRules, textRules, formRules, listRules].join('').replaceAll('\n', '');

/** Where the stylesheet is served; a changed text has another address. */
export const stylesheetPath = `/assets/latchkey-${createHash('sha256').update(stylesheet).digest('hex').slice(0, 16)}.css`;
