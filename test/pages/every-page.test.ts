/** What holds for every page: escaping, nothing foreign, nothing inline, accessible forms. */
import { describe, expect, it } from 'vitest';
import { stylesheetPath } from '../../src/pages/stylesheet.js';
import { everyPage, textProps, unchanged } from './every-page.js';
import { shapeOf, tagsNamed, tagsOf, textOf, unescapeHtml } from './markup.js';

const hostileTexts = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '" autofocus onfocus="alert(1)',
  '</title><script>alert(1)</script>',
  '</textarea></form><form action=https://evil.example>',
  '<!--',
  '<![CDATA[',
  '<svg/onload=alert(1)>',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '&#60;script&#62;',
  '{{constructor.constructor("alert(1)")()}}',
  '{client}{email}',
  'javascript:alert(1)',
  '\u202Egnp.exe',
  '\u0000<b>',
];

describe.each(Object.entries(everyPage))('the %s page', (_name, page) => {
  const html = page(unchanged);

  it('escapes hostile text in every prop', () => {
    for (const prop of textProps(page)) {
      for (const hostile of hostileTexts) {
        const attacked = page((name, value) => (name === prop ? hostile : value));
        expect(shapeOf(attacked), `${prop} = ${hostile}`).toEqual(shapeOf(html));
        expect(unescapeHtml(attacked), `${prop} = ${hostile}`).toContain(hostile);
      }
    }
  });

  it('is a whole document with language, viewport, title, robots and our stylesheet', () => {
    expect(html.startsWith('<!doctype html><html lang="en">')).toBe(true);
    const metas = tagsNamed(html, 'meta').map((tag) => [tag.attributes.name ?? 'charset', tag.attributes.content]);
    expect(metas).toContainEqual(['viewport', 'width=device-width, initial-scale=1']);
    expect(metas).toContainEqual(['robots', 'noindex']);
    expect(/<title>[^<]+ · Latchkey<\/title>/.test(html)).toBe(true);
    expect(tagsNamed(html, 'link').map((tag) => tag.attributes)).toEqual([{ rel: 'stylesheet', href: stylesheetPath }]);
  });

  it('has no script, no inline style, no event handler, and loads nothing from elsewhere: no image but our copy of a logo', () => {
    for (const tag of tagsOf(html)) {
      expect(['script', 'style', 'iframe', 'object', 'embed', 'base']).not.toContain(tag.name);
      const names = Object.keys(tag.attributes);
      expect(names).not.toContain('style');
      expect(names.filter((name) => name.startsWith('on') || name === 'srcset')).toEqual([]);
      const isLogo = tag.name === 'img' && /^\/logos\/[^/]/.test(tag.attributes.src ?? '');
      expect(names.includes('src')).toBe(isLogo);
      if (tag.name === 'img') expect(tag.attributes).toMatchObject({ alt: '', width: '48', height: '48' });
    }
    for (const tag of tagsNamed(html, 'form')) expect(tag.attributes.action).toMatch(/^(\/[a-z-]+)+(\?request=\w+)?$/);
  });

  it('labels every field, and every aria reference leads somewhere', () => {
    const tags = tagsOf(html);
    const ids = tags.map((tag) => tag.attributes.id).filter((id) => id !== undefined);
    expect(new Set(ids).size).toBe(ids.length);
    const labelled = tagsNamed(html, 'label').map((tag) => tag.attributes.for);
    for (const input of tagsOf(html).filter(({ name }) => ['input', 'select', 'textarea'].includes(name))) {
      if (input.attributes.type === 'hidden' || 'hidden' in input.attributes) continue;
      expect(labelled).toContain(input.attributes.id);
      if (input.name !== 'input' || ['checkbox', 'radio'].includes(input.attributes.type ?? '')) continue;
      expect(input.attributes.autocomplete).toBeTruthy();
    }
    for (const tag of tags) {
      for (const name of ['aria-describedby', 'aria-labelledby', 'for']) {
        for (const id of tag.attributes[name]?.split(' ') ?? []) expect(ids).toContain(id);
      }
    }
  });

  it('has one main heading and one main region', () => {
    expect(tagsNamed(html, 'h1')).toHaveLength(1);
    expect(tagsNamed(html, 'main')).toHaveLength(1);
  });

  it('leaves no placeholder unfilled', () => {
    expect(textOf(html)).not.toMatch(/\{[a-z]+\}|undefined|null|\[object/);
  });
});
