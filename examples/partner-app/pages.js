// The app's three pages as HTML, and their stylesheet. Whatever did not come from this file is escaped.

const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Marks text that is markup already. */
class Markup {
  constructor(text) {
    this.text = text;
  }
}

function escaped(value) {
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(escaped).join('');
  return String(value ?? '').replace(/[&<>"']/g, (character) => entities[character]);
}

function html(strings, ...values) {
  return new Markup(
    strings.map((text, index) => text + (index < values.length ? escaped(values[index]) : '')).join(''),
  );
}

function page(title, content) {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Partner app</title>
<link rel="stylesheet" href="/style.css">
<link rel="icon" href="data:,">
</head>
<body>
<header>Partner app</header>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`.text;
}

const times = ['exp', 'iat', 'auth_time', 'updated_at'];

function shown(name, value) {
  if (times.includes(name)) return new Date(value * 1000).toISOString();
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function claimsTable(caption, claims) {
  const rows = Object.entries(claims).map(
    ([name, value]) => html`<tr><th scope="row">${name}</th><td>${shown(name, value)}</td></tr>\n`,
  );
  return html`<table><caption>${caption}</caption>
<tbody>
${rows}</tbody>
</table>`;
}

/** The front page of somebody who is not signed in. */
export function welcomePage() {
  return page(
    'Welcome',
    html`<p>This app has no passwords. It asks Latchkey who you are.</p>
<p><a class="button" href="/sign-in">Sign in with Latchkey</a></p>`,
  );
}

/** Who is signed in, and everything that the app knows of them. */
export function personPage({ claims, userinfo, accessTokenExpiresAt, refreshToken, refreshes }, issuer) {
  const refresh = html`<form method="post" action="/refresh"><button>Refresh</button></form>`;
  return page(
    `Hello, ${userinfo.name ?? userinfo.email ?? claims.sub}`,
    html`<p>You are signed in as <strong>${userinfo.email ?? claims.sub}</strong>.</p>
<p>The access token lasts until ${accessTokenExpiresAt.toISOString()}. Refreshed: <output>${refreshes}</output></p>
<div class="actions">
${refreshToken ? refresh : ''}
<form method="post" action="/sign-out"><button>Sign out of this app</button></form>
</div>
${claimsTable('ID token', claims)}
${claimsTable('Userinfo', userinfo)}
<p class="hint">Signing out here ends this app's session only. <a href="${issuer}/logout">Sign out of Latchkey</a> as well
on a shared computer.</p>`,
  );
}

/** What went wrong and what to do next. */
export function errorPage({ title, text, code, description }) {
  const detail = html`<p class="detail"><code>${code}</code>${description ? `: ${description}` : ''}</p>`;
  return page(
    title,
    html`<p>${text}</p>
${code ? detail : ''}
<p class="actions"><a class="button" href="/sign-in">Sign in again</a> <a href="/">Front page</a></p>`,
  );
}

export const stylesheet = `:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:0 auto;padding:1rem}
header{font-weight:600;color:#b4551d}
.button,button{font:inherit;padding:.5rem 1rem;border:1px solid #b4551d;border-radius:.4rem;background:#b4551d;color:#fff;
text-decoration:none;cursor:pointer;display:inline-block}
.actions{display:flex;gap:1rem;flex-wrap:wrap;align-items:center}
table{border-collapse:collapse;width:100%;margin:1.5rem 0;table-layout:fixed}
caption{text-align:left;font-weight:600;padding-bottom:.25rem}
th,td{text-align:left;vertical-align:top;padding:.25rem .5rem;border-top:1px solid #8886;overflow-wrap:anywhere}
th{width:9rem;font-weight:500}
.hint,.detail{color:GrayText}
`;
