/**
 * Owns the rules of the frame around every page: body, header, the card, and the navigation of My account beside it. Leaves to
 * others: what is in the card.
 */

/** The parts of My account stand beside the content where there is room, and above it in two columns on a phone. */
export const frameRules = `
*,*::before,*::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;min-height:100vh;min-height:100dvh;padding:clamp(1.5rem,8vh,5.5rem) 1rem 3rem;background:var(--canvas);
color:var(--text);font:400 1rem/1.5 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
-webkit-font-smoothing:antialiased}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.skip-link{position:absolute;top:.5rem;left:1rem;z-index:1;padding:.625rem 1rem;background:var(--surface);border-radius:8px;
transform:translateY(-5rem)}
.skip-link:focus{transform:none}
.brand{display:flex;justify-content:center;margin-bottom:1.5rem}
.wordmark{display:inline-flex;align-items:center;gap:.5rem;font-weight:650;font-size:1.0625rem;letter-spacing:-.01em}
.home{display:inline-flex;align-items:center;min-height:2.75rem;color:var(--text);text-decoration:none}
.home:hover{color:var(--text);text-decoration:underline}
.wordmark-key{color:var(--accent);flex:none}
.card{display:flex;flex-direction:column;gap:1rem;width:100%;max-width:26.5rem;margin:0 auto;
padding:clamp(1.25rem,6vw,2.25rem);background:var(--surface);border:1px solid var(--line);border-radius:14px;
box-shadow:0 1px 2px rgb(0 0 0/.04),0 8px 28px rgb(0 0 0/.05)}
.card>*{min-width:0}
.with-bar{padding-top:1rem}
.with-bar>*{max-width:62rem;margin-inline:auto}
.bar{display:flex;align-items:center;justify-content:space-between;gap:0 1rem;margin-bottom:1rem}
.bar-person{display:flex;align-items:center;gap:0 1rem;min-width:0;font-size:.875rem;color:var(--muted)}
.bar>.home{flex:none}
.bar-person bdi{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.bar-person a{flex:none;display:inline-flex;align-items:center;min-height:2.75rem}
.bar-person .bar-me{flex:0 1 auto;min-width:0;color:inherit;text-decoration:none}
.bar-person .bar-me:hover{color:var(--text);text-decoration:underline}
.card-home{max-width:62rem}
.sides{display:grid;grid-template-columns:minmax(0,1fr);gap:1rem;align-items:start}
.sides .card{max-width:none;margin:0}
.parts ul{list-style:none;display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:.25rem}
.parts a{display:flex;align-items:center;min-height:2.75rem;padding:.25rem .75rem;border-radius:8px;color:var(--muted);
font-size:.9375rem;font-weight:500;text-decoration:none}
.parts a:hover{background:var(--surface);color:var(--text)}
.parts a[aria-current]{background:var(--surface);color:var(--text);font-weight:600;box-shadow:inset 3px 0 var(--accent);border-radius:2px 8px 8px 2px}
@media (min-width:48rem){
.with-bar{padding:1.25rem 2rem 4rem}
.bar{margin-bottom:1.5rem}
.sides{grid-template-columns:12.5rem minmax(0,1fr);gap:2rem}
.parts ul{grid-template-columns:minmax(0,1fr)}
}
@media (max-width:26rem){body{padding-top:1.25rem}.with-bar{padding-top:.5rem}}
`;
