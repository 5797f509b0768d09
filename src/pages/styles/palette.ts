/**
 * Owns the colours of the pages, apart from the rules so that a test can measure their contrast (WCAG 2.2 AA, and 7:1 for those
 * who ask for more). Leaves to others: where each colour is used.
 */

/** The colours of both schemes. */
export const palette = {
  light: {
    canvas: '#f5f5f2',
    surface: '#ffffff',
    text: '#1c1d22',
    muted: '#5b5d68',
    line: '#dfdfda',
    control: '#85878f',
    accent: '#3a48c4',
    'accent-hover': '#2d399f',
    'on-accent': '#ffffff',
    'error-text': '#8f1d1d',
    'error-surface': '#fdf0ef',
    'warning-text': '#74460a',
    'warning-surface': '#fdf4e3',
    'good-text': '#17603a',
    'good-surface': '#e6f5ec',
    'new-text': '#333fae',
    'new-surface': '#ecedfc',
  },
  dark: {
    canvas: '#111216',
    surface: '#1a1b21',
    text: '#ececf1',
    muted: '#a4a6b3',
    line: '#2f3139',
    control: '#747784',
    accent: '#a3adff',
    'accent-hover': '#bfc6ff',
    'on-accent': '#13142b',
    'error-text': '#ffb4ab',
    'error-surface': '#3a1f1e',
    'warning-text': '#f2c879',
    'warning-surface': '#352a17',
    'good-text': '#8fdcae',
    'good-surface': '#17301f',
    'new-text': '#c0c7ff',
    'new-surface': '#262a4d',
  },
} as const;

/** What differs for those whose system asks for more contrast (prefers-contrast): quiet texts and lines are quiet no more. */
export const paletteOfMoreContrast = {
  light: {
    canvas: '#ffffff',
    muted: '#33343b',
    line: '#6b6d76',
    control: '#4a4c54',
    accent: '#2a36a3',
    'good-text': '#0f4a2b',
  },
  dark: { canvas: '#000000', muted: '#d3d5de', line: '#888b97', control: '#b3b6c2', accent: '#c3caff' },
} as const;

function customProperties(colours: Readonly<Record<string, string>>): string {
  return Object.entries(colours)
    .map(([name, value]) => `--${name}:${value};`)
    .join('');
}

/** The colours as custom properties, for each scheme and wish. */
export const colourRules = `
:root{color-scheme:light dark;${customProperties(palette.light)}}
@media (prefers-color-scheme:dark){:root{${customProperties(palette.dark)}}}
@media (prefers-contrast:more){:root{${customProperties(paletteOfMoreContrast.light)}}}
@media (prefers-contrast:more) and (prefers-color-scheme:dark){:root{${customProperties(paletteOfMoreContrast.dark)}}}
`;
