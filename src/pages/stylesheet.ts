/**
 * Owns the one stylesheet of the pages and the address it is served under. The address carries a hash of the text, so
 * it may be cached for ever. Leaves to others: serving it.
 *
 * Colours are checked against WCAG 2.2 AA by test/pages/stylesheet.test.ts. There are no animations beyond a short
 * colour transition, which is off for those who asked for less motion.
 */
import { createHash } from 'node:crypto';

/** The colours of both schemes, apart from the rules so that a test can measure their contrast. */
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

function customProperties(colours: Readonly<Record<string, string>>): string {
  return Object.entries(colours)
    .map(([name, value]) => `--${name}:${value};`)
    .join('');
}

/** The stylesheet's text. */
export const stylesheet = `
:root{color-scheme:light dark;${customProperties(palette.light)}}
@media (prefers-color-scheme:dark){:root{${customProperties(palette.dark)}}}
*,*::before,*::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;min-height:100vh;min-height:100dvh;padding:clamp(1.5rem,8vh,5.5rem) 1rem 3rem;background:var(--canvas);
color:var(--text);font:400 1rem/1.5 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
-webkit-font-smoothing:antialiased}
h1,h2,p,ul,dl,dd{margin:0;padding:0}
h1{font-size:1.375rem;line-height:1.3;font-weight:650;letter-spacing:-.012em;text-wrap:balance;overflow-wrap:anywhere}
h2{font-size:.9375rem;line-height:1.4;font-weight:600}
a{color:var(--accent);text-underline-offset:.18em}
a:hover{color:var(--accent-hover)}
code{font:500 .8125rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
bdi.value{font-weight:600;overflow-wrap:anywhere}
h1 bdi.value,.button bdi.value{font-weight:inherit}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.brand{display:flex;justify-content:center;margin-bottom:1.5rem}
.wordmark{display:inline-flex;align-items:center;gap:.5rem;font-weight:650;font-size:1.0625rem;letter-spacing:-.01em}
.wordmark-key{color:var(--accent);flex:none}
.card{display:flex;flex-direction:column;gap:1rem;width:100%;max-width:26.5rem;margin:0 auto;
padding:clamp(1.25rem,6vw,2.25rem);background:var(--surface);border:1px solid var(--line);border-radius:14px;
box-shadow:0 1px 2px rgb(0 0 0/.04),0 8px 28px rgb(0 0 0/.05)}
.card-wide{max-width:44rem}
.card>*{min-width:0}
.parts{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding-bottom:.75rem;border-bottom:1px solid var(--line);font-size:.9375rem}
.parts a{display:inline-flex;align-items:center;min-height:1.75rem;text-decoration:none}
.parts a:hover{text-decoration:underline}
.parts a[aria-current]{color:var(--text);font-weight:600}
.client-heading{display:flex;align-items:center;gap:.875rem}
.client-heading>h1{min-width:0}
.client-logo{flex:none;width:3rem;height:3rem;padding:.1875rem;object-fit:contain;background:#fff;border:1px solid var(--line);border-radius:10px}
.lead{color:var(--muted);margin-top:-.5rem}
.lead bdi.value{color:var(--text)}
.hint{color:var(--muted);font-size:.875rem}
.hint bdi.value{color:var(--text)}
.signed-in-as{font-size:.875rem;color:var(--muted);padding:.5rem .75rem;border:1px solid var(--line);border-radius:8px}
.signed-in-as bdi.value{color:var(--text)}
form{display:flex;flex-direction:column;gap:1rem;margin-top:.25rem}
.field{display:flex;flex-direction:column;gap:.375rem}
label{font-size:.875rem;font-weight:600}
.field input{width:100%;min-height:2.75rem;padding:.5rem .75rem;font:inherit;color:inherit;background:var(--surface);
border:1px solid var(--control);border-radius:8px}
.field input:focus-visible{outline-offset:0;border-color:var(--accent)}
.button{display:inline-flex;align-items:center;justify-content:center;min-height:2.75rem;padding:.5rem 1rem;
font:inherit;font-weight:600;line-height:1.3;text-align:center;text-decoration:none;cursor:pointer;border-radius:8px;
border:1px solid var(--control);background:var(--surface);color:var(--text);overflow-wrap:anywhere}
.button:hover{background:var(--canvas);color:var(--text)}
.button-primary{border-color:transparent;background:var(--accent);color:var(--on-accent)}
.button-primary:hover{background:var(--accent-hover);color:var(--on-accent)}
.actions{flex-direction:row}
.actions .button{flex:1 1 0}
.actions-stacked{flex-direction:column;gap:.625rem}
.actions-stacked .button{flex:none}
.notice{padding:.75rem .875rem;border-radius:8px;border:1px solid currentColor;font-size:.9375rem;overflow-wrap:anywhere}
.notice-error{color:var(--error-text);background:var(--error-surface)}
.notice-good{color:var(--good-text);background:var(--good-surface)}
.notice-warning{color:var(--warning-text);background:var(--warning-surface)}
.badge{display:inline-block;padding:.0625rem .5rem;border-radius:999px;border:1px solid transparent;
font-size:.75rem;font-weight:600;line-height:1.5;white-space:nowrap;vertical-align:.08em}
.scopes .badge{margin-top:.125rem}
.badge-good{color:var(--good-text);background:var(--good-surface)}
.badge-warning{color:var(--warning-text);background:var(--warning-surface)}
.badge-new{color:var(--new-text);background:var(--new-surface)}
.scopes{list-style:none;border:1px solid var(--line);border-radius:8px}
.scopes li{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:0 .75rem;align-items:start;padding:.625rem .875rem;overflow-wrap:anywhere}
.scopes li+li{border-top:1px solid var(--line)}
.scope-name{grid-column:1/-1;color:var(--muted);font-size:.75rem}
.client-links{display:flex;flex-wrap:wrap;gap:.25rem 1rem;font-size:.875rem;padding-top:1rem;border-top:1px solid var(--line)}
.client-links a,.destinations a{min-height:1.5rem}
.next-step{font-weight:600}
.reference,.facts{font-size:.9375rem;padding:.75rem .875rem;border:1px solid var(--line);border-radius:8px}
.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.375rem 1rem}
.reference dt,.facts dt{color:var(--muted)}
.reference dd,.facts dd{overflow-wrap:anywhere}
.destinations{display:flex;flex-direction:column;border:1px solid var(--line);border-radius:8px}
.destinations a{display:flex;flex-direction:column;padding:.625rem .875rem;text-decoration:none;border-radius:8px}
.destinations a+a{border-top:1px solid var(--line);border-radius:0 0 8px 8px}
.destinations a:hover{background:var(--canvas)}
.destination-name{font-weight:600}
.destination-hint{color:var(--muted);font-size:.875rem}
@media (prefers-reduced-motion:no-preference){.button,.field input{transition:background-color .12s,border-color .12s}}
@media (max-width:26rem){body{padding-top:1.25rem}}
@media (forced-colors:active){.button-primary{border-color:ButtonText}.badge{border-color:currentColor}}
`.replaceAll('\n', '');

/** Where the stylesheet is served; a changed text has another address. */
export const stylesheetPath = `/assets/latchkey-${createHash('sha256').update(stylesheet).digest('hex').slice(0, 16)}.css`;
