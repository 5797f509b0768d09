/**
 * Owns the rules of what is read: headings, links, hints, notices, badges, facts. Leaves to others: forms and lists.
 */

export const textRules = `
h1,h2,h3,p,ul,dl,dd{margin:0;padding:0}
h1{font-size:1.375rem;line-height:1.3;font-weight:650;letter-spacing:-.012em;text-wrap:balance;overflow-wrap:anywhere}
h2{font-size:1rem;line-height:1.4;font-weight:600;overflow-wrap:anywhere}
h3{font-size:.9375rem;line-height:1.4;font-weight:600;overflow-wrap:anywhere}
a{color:var(--accent);text-underline-offset:.18em}
a:hover{color:var(--accent-hover)}
code{font:500 .8125rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
bdi.value{font-weight:600;overflow-wrap:anywhere}
h1 bdi.value,h2 bdi.value,.button bdi.value{font-weight:inherit}
.lead{color:var(--muted);margin-top:-.5rem;overflow-wrap:anywhere}
.lead bdi.value{color:var(--text)}
.hint{color:var(--muted);font-size:.875rem;overflow-wrap:anywhere}
.hint bdi.value{color:var(--text)}
.link{align-self:flex-start;display:inline-flex;align-items:center;min-height:2.75rem;margin-block:-.5rem;font-size:.875rem}
.section{display:flex;flex-direction:column;gap:1rem;padding-top:1.5rem;margin-top:.5rem;border-top:1px solid var(--line)}
.section>h2+.hint{margin-top:-.75rem}
.client-heading{display:flex;align-items:center;gap:.875rem}
.client-heading>h1{min-width:0}
.client-logo{flex:none;width:3rem;height:3rem;padding:.1875rem;object-fit:contain;background:#fff;border:1px solid var(--line);border-radius:10px}
.signed-in-as{font-size:.875rem;color:var(--muted);padding:.5rem .75rem;border:1px solid var(--line);border-radius:8px;overflow-wrap:anywhere}
.signed-in-as bdi.value{color:var(--text)}
.notice{padding:.75rem .875rem;border-radius:8px;border:1px solid currentColor;font-size:.9375rem;overflow-wrap:anywhere}
.notice ul{padding-left:1.125rem}
.notice-error{color:var(--error-text);background:var(--error-surface)}
.notice-good{color:var(--good-text);background:var(--good-surface)}
.notice-warning{color:var(--warning-text);background:var(--warning-surface)}
.badge{display:inline-block;padding:.0625rem .5rem;border-radius:999px;border:1px solid transparent;
font-size:.75rem;font-weight:600;line-height:1.5;white-space:nowrap;vertical-align:.08em}
.badge-plain{color:var(--muted);border-color:var(--line)}
.badge-good{color:var(--good-text);background:var(--good-surface)}
.badge-warning{color:var(--warning-text);background:var(--warning-surface)}
.badge-new{color:var(--new-text);background:var(--new-surface)}
.next-step{font-weight:600}
.reference{display:flex;flex-wrap:wrap;gap:0 .5rem;padding-top:1rem;border-top:1px solid var(--line);font-size:.8125rem;color:var(--muted)}
.reference code{font-size:.75rem}
.reference p{flex-basis:100%}
.facts{font-size:.9375rem;padding:.75rem .875rem;border:1px solid var(--line);border-radius:8px;
display:grid;grid-template-columns:fit-content(9rem) minmax(0,1fr);gap:.375rem 1rem}
.facts dt{color:var(--muted)}
.facts dd{overflow-wrap:anywhere}
@media (max-width:26rem){.facts{grid-template-columns:minmax(0,1fr);gap:0}.facts dt{font-size:.8125rem}.facts dd+dt{margin-top:.5rem}}
@media (forced-colors:active){.badge{border-color:currentColor}.parts a[aria-current]{border-left:3px solid}}
`;
