// Which browser a User-Agent header claims to be, in words that are all ours: whoever sends one writes into it what they like.

type Names = readonly (readonly [RegExp, string])[];

// In this order: many say that they are Safari and Chrome, too.
const browsers: Names = [
  [/\b(Edg|EdgA|EdgiOS)\//, 'Edge'],
  [/\b(OPR|OPT|Opera)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(HeadlessChrome|Chrome|Chromium|CriOS)\//, 'Chrome'],
  [/\bVersion\/\S+ .*\bSafari\//, 'Safari'],
];
const systems: Names = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

function firstOf(names: Names, userAgent: string): string | undefined {
  return names.find(([pattern]) => pattern.test(userAgent))?.[1];
}

/** Such as `Firefox on Windows`, or `an unknown browser`. */
export function nameOfBrowser(userAgent: string | null): string {
  const browser = firstOf(browsers, userAgent ?? '') ?? 'an unknown browser';
  const system = firstOf(systems, userAgent ?? '');
  return system === undefined ? browser : `${browser} on ${system}`;
}
