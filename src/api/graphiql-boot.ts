/**
 * Owns the few lines that start GraphiQL in the browser and the look of the bar above it, as texts to be served.
 * Leaves to others: serving them (graphiql-assets.ts) and the page that loads them (graphiql.tsx).
 */

/** The element ids shared by the page and the script. */
export const elementIds = { root: 'graphiql', configuration: 'graphiql-configuration' } as const;

/**
 * Runs before GraphiQL's own script, because the editor reads `MonacoEnvironment` while it loads, and renders once
 * that is there.
 *
 * What GraphiQL stores goes through a store that drops headers, so that no API token outlives its tab. The bundle's tabs
 * obey `shouldPersistHeaders: false`, but GraphiQL's history plugin, which an upgrade may bring, stores headers always.
 *
 * What the editors held comes from the tab that was open: the bundle stores it only when it is edited, and opens one more, empty
 * tab for what it finds in no tab. On a first visit that is the first tab of the page, of which the bundle would show the query
 * but not the variables; unless a link brought a query of its own, which is shown in that tab's place.
 *
 * `onEditQuery` replaces the bundle's habit of copying every edit into the address bar, which would put whole
 * operations into history and access logs. A link with `?query=` still opens that query.
 */
export const bootScript = `(() => {
  'use strict';
  const configuration = JSON.parse(document.getElementById('${elementIds.configuration}').textContent);
  const root = document.getElementById('${elementIds.root}');

  self.MonacoEnvironment = {
    globalAPI: false,
    getWorkerUrl: (_module, label) => configuration.workers[label] || configuration.workers.editorWorkerService,
  };

  const listKeys = ['graphiql:tabState', 'graphiql:queries', 'graphiql:favorites'];
  const withoutHeaders = (list) =>
    JSON.stringify(JSON.parse(list, (key, value) => (key === 'headers' ? null : value)));
  const ownKeys = () => Object.keys(localStorage).filter((key) => key.startsWith('graphiql:'));
  const ofActiveTab = (name) => {
    const state = JSON.parse(localStorage.getItem('graphiql:tabState') || 'null');
    if (state && state.tabs[state.activeTabIndex]) return state.tabs[state.activeTabIndex][name] || '';
    return new URLSearchParams(location.search).has('query') ? null : configuration.options.defaultTabs[0][name];
  };
  const editors = { 'graphiql:query': 'query', 'graphiql:variables': 'variables' };
  const storage = {
    getItem: (key) => (key in editors ? ofActiveTab(editors[key]) : null) ?? localStorage.getItem(key),
    setItem: (key, value) => {
      if (key !== 'graphiql:headers') {
        localStorage.setItem(key, listKeys.includes(key) ? withoutHeaders(value) : value);
      }
    },
    removeItem: (key) => localStorage.removeItem(key),
    clear: () => ownKeys().forEach((key) => localStorage.removeItem(key)),
    get length() {
      return ownKeys().length;
    },
  };

  const notice = (text) => {
    const paragraph = document.createElement('p');
    paragraph.className = 'loading';
    paragraph.textContent = text;
    root.replaceChildren(paragraph);
  };
  notice(configuration.loading);

  addEventListener('DOMContentLoaded', () => {
    if (!self.YogaGraphiQL) return notice(configuration.loadFailed);
    self.YogaGraphiQL.renderYogaGraphiQL(root, { ...configuration.options, storage, onEditQuery: () => {} });
  });
})();
`;

/**
 * The bar above GraphiQL. Its colours follow GraphiQL's theme, which a person may set apart from the system's: GraphiQL
 * marks the body with a class when it is.
 *
 * Tabs are held in place: the bundle leaves a stale offset on tabs that were there from the start and hides it only until
 * a tab has focus, so that the first press moves the tab from under the pointer and the click is lost.
 */
export const barStylesheet = `
body{--bar-surface:#f7f7f5;--bar-text:#1c1d22;--bar-muted:#5b5d68;--bar-line:#dfdfda;--bar-accent:#3a48c4;
margin:0;height:100vh;height:100dvh;display:flex;flex-direction:column;background:var(--bar-surface);overflow:hidden}
@media (prefers-color-scheme:dark){body:not(.graphiql-light){--bar-surface:#16181f;--bar-text:#ececf1;--bar-muted:#a4a6b3;
--bar-line:#2f3139;--bar-accent:#a3adff}}
body.graphiql-dark{--bar-surface:#16181f;--bar-text:#ececf1;--bar-muted:#a4a6b3;--bar-line:#2f3139;--bar-accent:#a3adff}
.latchkey-bar{flex:none;display:flex;flex-wrap:wrap;align-items:center;gap:.25rem 1.25rem;padding:.5rem 1rem;
border-bottom:1px solid var(--bar-line);background:var(--bar-surface);color:var(--bar-text);
font:400 .875rem/1.5 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.latchkey-bar p{margin:0}
.latchkey-bar a{color:var(--bar-accent);text-underline-offset:.18em}
.latchkey-bar a:focus-visible{outline:3px solid var(--bar-accent);outline-offset:2px;border-radius:2px}
.latchkey-bar bdi{font-weight:600;overflow-wrap:anywhere}
.latchkey-bar code{font:500 .8125rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.latchkey-bar .wordmark{display:inline-flex;align-items:center;gap:.5rem;font-weight:650;font-size:1rem}
.latchkey-bar .home{display:flex;color:inherit;text-decoration:none}
.latchkey-bar .wordmark-key{color:var(--bar-accent);flex:none}
.latchkey-bar .token-hint{color:var(--bar-muted);margin-left:auto}
@media (max-width:60rem){.latchkey-bar .token-hint{margin-left:0}.latchkey-bar .endpoint{display:none}}
#${elementIds.root}{flex:1 1 0;min-height:0}
#${elementIds.root} .graphiql-container{width:100%;height:100%}
#${elementIds.root} .graphiql-logo{display:none}
#${elementIds.root} .graphiql-tab{transform:none!important}
.loading{padding:1rem;font:400 1rem/1.5 ui-sans-serif,system-ui,sans-serif;color:var(--bar-text)}
`;
