/**
 * Owns how GraphiQL looks where it is narrow, on a phone or in a window at high zoom, as text for its stylesheet.
 * Leaves to others: its look elsewhere and the bar above it (graphiql-boot.ts).
 *
 * GraphiQL knows one layout only: docs, editors and response side by side, in shares that a mouse drags. Narrow, its panes lie
 * below one another, the icons above them in a row, and the docs over them. `!important` is for what GraphiQL writes into
 * `style` attributes: the shares, and that a pane which was dragged shut lies outside of the window, from where it could not be
 * brought back, since the bars to drag are gone; and for its editors, which do not clip the lines outside of their view, so that
 * there would be as many empty screens to scroll through.
 */
import { elementIds } from './graphiql-boot.js';

const root = `#${elementIds.root}`;

/** The rules, in a media query of their own. They come after those for every width. */
export const narrowStylesheet = `
@media (max-width:800px){
.latchkey-bar{gap:0 .75rem;padding:.375rem .75rem}
.latchkey-bar .token-hint{display:none}
${root} .graphiql-container{flex-direction:column}
${root} .graphiql-sidebar{flex:none;flex-direction:row;width:auto;padding:2px 4px;gap:4px;overflow:auto hidden}
${root} .graphiql-sidebar>button{width:44px;height:44px}
${root} .graphiql-main{position:relative;min-height:0;overflow:hidden auto}
${root} .graphiql-horizontal-drag-bar{display:none}

${root} .graphiql-plugin{position:absolute;top:0;left:0;z-index:6;width:100%;height:100%;min-width:0!important;border:0;
background:hsl(var(--color-base));overscroll-behavior:contain}
${root} .graphiql-plugin a{display:inline-block;padding:4px 0}

${root} :is(.graphiql-sessions,.graphiql-editors,.graphiql-response){position:static!important;opacity:1!important}
${root} .graphiql-sessions{flex:1 0 auto!important;height:100%;min-height:min-content;max-height:none;width:100%;margin:0;border-radius:0}
${root} .graphiql-session-header{padding:4px 4px 0}
${root} .graphiql-tabs{touch-action:pan-x}
${root} .graphiql-tab{touch-action:pan-x!important}
${root} .graphiql-tab-button{min-height:40px}
${root} .graphiql-tab-add{min-width:44px;min-height:40px}
${root} .graphiql-tab-add>svg{margin:auto}

${root} #graphiql-session{flex-direction:column;padding:0;min-height:0}
${root} .graphiql-editors{flex:3 0 0!important;min-height:21rem;border-radius:0}
${root} .graphiql-query-editor{min-height:12.5rem;padding:8px 4px;column-gap:4px}
${root} .graphiql-editor-tools{flex:none;padding:2px 4px}
${root} .graphiql-editor-tools button{min-height:40px}
${root} .graphiql-editor-tool{min-height:4.5rem;padding:4px}
${root} .graphiql-response{flex:2 0 0!important;min-height:11rem;padding:8px 0 0}
${root} .result-window{min-height:0}
${root} .overflow-guard{overflow:hidden!important}

.graphiql-dialog{max-width:calc(100vw - 1rem)!important}
.graphiql-dialog-section{flex-wrap:wrap;gap:8px}
.graphiql-dialog .graphiql-dialog-section>:not(:first-child){margin-left:0}
}
`;
