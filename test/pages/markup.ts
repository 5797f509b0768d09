/**
 * Owns reading the pages' HTML in tests: tags with their attributes, and the shape of a document. Strict on purpose: a
 * `<` that is not one of our own well-formed tags throws, which is how broken escaping shows.
 */

/** One opening tag. */
export interface Tag {
  name: string;
  attributes: Readonly<Record<string, string>>;
}

const tagShape = /^<(\/?)([a-z][a-z0-9]*)((?:\s+[a-zA-Z][a-zA-Z-]*(?:="[^"]*")?)*)\s*\/?>/;
const attributeShape = /([a-zA-Z][a-zA-Z-]*)(?:="([^"]*)")?/g;

/** Undoes the escapes that hono/jsx writes. */
export function unescapeHtml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

/** Every opening tag of a document in order; throws at markup that none of our views writes. */
export function tagsOf(html: string): Tag[] {
  const tags: Tag[] = [];
  let rest = html.replace(/^<!doctype html>/, '');
  for (let start = rest.indexOf('<'); start !== -1; start = rest.indexOf('<')) {
    const match = tagShape.exec(rest.slice(start));
    if (match === null) throw new Error(`not a tag of ours: ${rest.slice(start, start + 60)}`);
    const [whole, slash, name = '', attributes = ''] = match;
    if (slash === '') {
      const pairs = [...attributes.matchAll(attributeShape)].map(([, key = '', value = '']) => [
        key,
        unescapeHtml(value),
      ]);
      tags.push({ name, attributes: Object.fromEntries(pairs) as Record<string, string> });
    }
    rest = rest.slice(start + whole.length);
  }
  return tags;
}

/** The opening tags of one name. */
export function tagsNamed(html: string, name: string): Tag[] {
  return tagsOf(html).filter((tag) => tag.name === name);
}

/** A document without its values: tag and attribute names only. Two renderings of one page differ in nothing else. */
export function shapeOf(html: string): string[] {
  return tagsOf(html).map((tag) => [tag.name, ...Object.keys(tag.attributes)].join(' '));
}

/** A document's text without its tags, blanks collapsed. */
export function textOf(html: string): string {
  return unescapeHtml(html.replace(/<[^>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();
}
