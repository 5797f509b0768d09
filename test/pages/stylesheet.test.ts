/** The stylesheet's address, that it loads nothing, and its contrast (WCAG 2.2: 1.4.3 text, 1.4.11 controls). */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { palette, paletteOfMoreContrast } from '../../src/pages/styles/palette.js';
import { stylesheet, stylesheetPath } from '../../src/pages/stylesheet.js';
import { everyPage, unchanged } from './every-page.js';
import { tagsOf } from './markup.js';

function luminance(colour: string): number {
  const channels = [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16) / 255);
  const [red = 0, green = 0, blue = 0] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(Object.entries(palette))('the %s colours', (_scheme, colours) => {
  it.each([
    ['text', 'canvas'],
    ['text', 'surface'],
    ['muted', 'surface'],
    ['muted', 'canvas'],
    ['accent', 'surface'],
    ['accent', 'canvas'],
    ['accent-hover', 'surface'],
    ['on-accent', 'accent'],
    ['on-accent', 'accent-hover'],
    ['error-text', 'error-surface'],
    ['warning-text', 'warning-surface'],
    ['good-text', 'good-surface'],
    ['new-text', 'new-surface'],
  ] as const)('%s on %s is readable', (foreground, background) => {
    expect(contrast(colours[foreground], colours[background])).toBeGreaterThanOrEqual(4.5);
  });

  it('outlines controls and focus visibly', () => {
    expect(contrast(colours.control, colours.surface)).toBeGreaterThanOrEqual(3);
    expect(contrast(colours.accent, colours.canvas)).toBeGreaterThanOrEqual(3);
  });
});

describe.each(['light', 'dark'] as const)('the %s colours for those who ask for more contrast', (scheme) => {
  const colours: Record<string, string> = { ...palette[scheme], ...paletteOfMoreContrast[scheme] };

  it.each([
    ['text', 'surface'],
    ['text', 'canvas'],
    ['muted', 'surface'],
    ['muted', 'canvas'],
    ['accent', 'surface'],
    ['on-accent', 'accent'],
    ['error-text', 'error-surface'],
    ['warning-text', 'warning-surface'],
    ['good-text', 'good-surface'],
  ])('%s on %s is readable by WCAG 2.2 AAA (1.4.6)', (foreground, background) => {
    expect(contrast(colours[foreground] ?? '', colours[background] ?? '')).toBeGreaterThanOrEqual(7);
  });

  it('lines and outlines are seen', () => {
    for (const name of ['line', 'control']) {
      expect(contrast(colours[name] ?? '', colours.surface ?? '')).toBeGreaterThanOrEqual(name === 'line' ? 3 : 4.5);
    }
  });
});

describe('the stylesheet', () => {
  it('is served under a hash of its text', () => {
    const hash = createHash('sha256').update(stylesheet).digest('hex');
    expect(stylesheetPath).toBe(`/assets/latchkey-${hash.slice(0, 16)}.css`);
  });

  it('loads nothing', () => {
    expect(stylesheet).not.toMatch(/url\(|@import|@font-face/);
  });

  it('heeds dark mode, reduced motion, forced colours and the keyboard', () => {
    for (const expected of [
      'prefers-color-scheme:dark',
      'prefers-reduced-motion',
      'prefers-contrast',
      'forced-colors',
      ':focus-visible',
    ]) {
      expect(stylesheet).toContain(expected);
    }
    expect(stylesheet).not.toMatch(/outline:\s*(?:0|none)/);
  });

  it('has a rule for every class that the pages use', () => {
    const classes = Object.values(everyPage).flatMap((page) =>
      tagsOf(page(unchanged)).flatMap((tag) => (tag.attributes.class ?? '').split(' ').filter(Boolean)),
    );
    const unstyled = [...new Set(classes)].filter((name) => !new RegExp(`\\.${name}[^a-z-]`).test(stylesheet));
    // A hook for tests and later rules: its text needs no more than the card gives.
    expect(unstyled.filter((name) => name !== 'scope-description')).toEqual([]);
  });
});
