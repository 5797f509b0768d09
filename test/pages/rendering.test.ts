/** That rendering a page costs the process nothing afterwards, and that a page that awaits is refused. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, expect, it, vi } from 'vitest';
import { graphiqlPage } from '../../src/api/graphiql.js';
import { render } from '../../src/pages/render.js';
import { type Change, everyPage, unchanged } from './every-page.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const pages = {
  ...everyPage,
  graphiql: (_change: Change) => graphiqlPage({ issuer: 'https://id.example.com', viewer: null }),
};

it.each(Object.entries(pages))(
  'the %s page runs no AsyncLocalStorage, which would slow all promises',
  (_name, page) => {
    const run = vi.spyOn(AsyncLocalStorage.prototype, 'run');
    expect(page(unchanged)).toMatch(/^<!doctype html><html lang="en"><head>.*<\/html>$/s);
    expect(run).not.toHaveBeenCalled();
  },
);

it('what is no page, or none yet, is refused', () => {
  for (const none of [null, '', Promise.resolve('<p></p>'), {}]) expect(() => render(none)).toThrow(TypeError);
});
