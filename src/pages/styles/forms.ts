/**
 * Owns the rules of what is filled in and pressed: fields, choices, buttons. Every target is 44 pixels high.
 */

export const formRules = `
form{display:flex;flex-direction:column;gap:1rem;margin-top:.25rem}
.field{display:flex;flex-direction:column;gap:.375rem}
label,legend{font-size:.875rem;font-weight:600}
.field input,.field select{width:100%;min-height:2.75rem;padding:.5rem .75rem;font:inherit;color:inherit;
background-color:var(--surface);border:1px solid var(--control);border-radius:8px}
.field input:focus-visible,.field select:focus-visible{outline-offset:0;border-color:var(--accent)}
.field [aria-invalid=true]{border-color:var(--error-text);box-shadow:inset 0 0 0 1px var(--error-text)}
.field-error{color:var(--error-text);font-size:.875rem;font-weight:500;overflow-wrap:anywhere}
.field .secret{font:500 .875rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background-color:var(--canvas)}
.fields{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,13rem),1fr));gap:1rem;align-items:start}
.choice{display:flex;align-items:center;gap:.625rem;min-height:2.75rem}
.choice input{flex:none;width:1.25rem;height:1.25rem;margin:0;accent-color:var(--accent)}
.choice+.hint{margin:-.375rem 0 0 1.875rem}
.choice label{padding-block:.5rem;font-weight:500;font-size:.9375rem}
.button{display:inline-flex;align-items:center;justify-content:center;min-height:2.75rem;padding:.5rem 1rem;
font:inherit;font-weight:600;line-height:1.3;text-align:center;text-decoration:none;cursor:pointer;border-radius:8px;
border:1px solid var(--control);background:var(--surface);color:var(--text);overflow-wrap:anywhere}
.button:hover{background:var(--canvas);color:var(--text)}
.button-primary{border-color:transparent;background:var(--accent);color:var(--on-accent)}
.button-primary:hover{background:var(--accent-hover);color:var(--on-accent)}
.button-danger{color:var(--error-text)}
.button-danger:hover{color:var(--error-text);background:var(--error-surface)}
.sides .card>.button,.sides .card form>.button{align-self:flex-start;min-width:10rem}
.actions{flex-direction:row}
.actions .button{flex:1 1 0}
.actions-stacked{flex-direction:column;gap:.625rem}
.actions-stacked .button{flex:none}
.account-choice{flex-direction:column;align-items:flex-start;gap:.125rem;padding:.75rem 1rem;text-align:left;border-color:var(--accent)}
.account-name{color:var(--accent)}
.account-detail{color:var(--muted);font-size:.875rem;font-weight:400}
@media (max-width:30rem){.sides .card>.button,.sides .card form>.button{align-self:stretch}}
@media (prefers-reduced-motion:no-preference){.button,.field input,.field select{transition:background-color .12s,border-color .12s}}
@media (forced-colors:active){.button-primary{border-color:ButtonText}}
`;
