// Owns the icon that browsers show in a tab. Leaves to others: serving it, at /favicon.ico, where they ask unasked.

/** The key of the wordmark, in a colour that shows on light and dark tabs. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#6471e8" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"><circle cx="8" cy="16" r="4.5"/><path d="M11.3 12.7 20 4M16 8l3 3M13.5 10.5l2 2"/></svg>`;
