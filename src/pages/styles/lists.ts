/**
 * Owns the rules of what comes several times: scopes on the consent page, places to go, rows under My account.
 */

/** A row is what it is about, facts in small print, and what can be done, which goes below on a phone. */
export const listRules = `
.scopes{list-style:none;border:1px solid var(--line);border-radius:8px}
.scopes li{display:grid;grid-template-columns:minmax(0,1fr);padding:.625rem .875rem;overflow-wrap:anywhere}
.scopes li+li{border-top:1px solid var(--line)}
.scope-name{color:var(--muted);font-size:.75rem}
.client-links{display:flex;flex-wrap:wrap;gap:0 1.25rem;font-size:.875rem;padding-top:.5rem;border-top:1px solid var(--line)}
.client-links a{display:inline-flex;align-items:center;min-height:2.75rem}
.destinations{display:flex;flex-direction:column;list-style:none;border:1px solid var(--line);border-radius:8px}
.destinations a{display:flex;flex-direction:column;padding:.625rem .875rem;text-decoration:none;border-radius:8px}
.destinations li+li{border-top:1px solid var(--line)}
.destinations a:hover{background:var(--canvas)}
.destination-name{font-weight:600}
.destination-hint{color:var(--muted);font-size:.875rem}
.rows{list-style:none;border:1px solid var(--line);border-radius:8px}
.row{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:.75rem 1rem;padding:.875rem}
.row+.row{border-top:1px solid var(--line)}
.row-main{flex:1 1 16rem;min-width:0;display:flex;flex-direction:column;gap:.25rem}
.row-facts{display:flex;flex-wrap:wrap;gap:0 1rem;color:var(--muted);font-size:.875rem;overflow-wrap:anywhere}
.row-actions{flex:none;display:flex;flex-direction:row;flex-wrap:wrap;gap:.5rem;margin:0}
.row-actions form{margin:0}
.entries{list-style:none;display:flex;flex-direction:column;border:1px solid var(--line);border-radius:8px}
.entry{display:grid;grid-template-columns:minmax(0,1fr);gap:.75rem 1rem;padding:1rem}
.entry+.entry{border-top:1px solid var(--line)}
.entry-head{display:flex;flex-wrap:wrap;align-items:center;gap:.75rem}
.entry>form{margin:0}
.entry-title{flex:1 1 9rem;min-width:0;overflow-wrap:anywhere}
.entry-title .hint{margin-top:.125rem}
.entry-label{font-size:.875rem;color:var(--muted)}
.entry-list{margin-top:.25rem;padding-left:1.125rem;font-size:.9375rem;overflow-wrap:anywhere}
.entry-facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.125rem 1rem;font-size:.875rem}
.entry-facts dt{color:var(--muted)}
.entry-facts dd{overflow-wrap:anywhere}
.client-initial{display:inline-flex;align-items:center;justify-content:center;font-weight:650;font-size:1.25rem;
color:var(--new-text);background:var(--new-surface)}
.empty{padding:1.5rem 1rem;text-align:center;color:var(--muted);border:1px dashed var(--control);border-radius:8px}
@media (min-width:36rem){
.entry{grid-template-columns:minmax(0,1fr) auto}
.entry>*{grid-column:1/-1}
.entry>.entry-head{grid-column:1}
.entry>form{grid-column:2;grid-row:1;align-self:center}
}
@media (min-width:48rem){
.card-home .destinations{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:.75rem;border:0}
.card-home .destinations li{border:1px solid var(--line);border-radius:8px}
.card-home .destinations a{height:100%}
}
`;
