/** The page that posts an authorization response: the one page with a script, and the one whose form leads to an app. */
import { describe, expect, it } from 'vitest';
import { FormPostPage } from '../../src/pages/form-post.js';
import { render } from '../../src/pages/render.js';
import { shapeOf, tagsNamed, textOf } from './markup.js';

const page = (action: string, response: Record<string, string>) =>
  render(<FormPostPage action={action} redirectHost="app.example.com" response={response} />);

const response = { code: 'lkc_1', state: 'the state', iss: 'https://id.example.com' };
const html = page('https://app.example.com/callback?a=1&b=2', response);

describe('the form post page', () => {
  it('posts the response and nothing else, the button included', () => {
    expect(tagsNamed(html, 'form')[0]?.attributes).toMatchObject({
      method: 'post',
      action: 'https://app.example.com/callback?a=1&b=2',
    });
    const fields = tagsNamed(html, 'input').map(({ attributes }) => [
      attributes.type,
      attributes.name,
      attributes.value,
    ]);
    expect(fields).toEqual(Object.entries(response).map(([name, value]) => ['hidden', name, value]));
    expect(tagsNamed(html, 'button').map(({ attributes }) => attributes.name)).toEqual([undefined]);
  });

  it('says where it leads, and what to do without JavaScript', () => {
    expect(textOf(html)).toContain('Going back to app.example.com');
    expect(textOf(html)).toContain('Continue');
  });

  it('escapes every value (known attack 34)', () => {
    for (const hostile of [
      '"><script>alert(1)</script>',
      '</form><form action="//evil.example">',
      "' onload='alert(1)",
    ]) {
      const attacked = page(`https://app.example.com/?${hostile}`, { ...response, state: hostile, error: hostile });
      const calm = page('https://app.example.com/', { ...response, error: 'x' });
      expect(shapeOf(attacked)).toEqual(shapeOf(calm));
    }
  });
});
