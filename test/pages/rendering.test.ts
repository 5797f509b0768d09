/** That rendering a page costs the process nothing afterwards, and that a page that awaits is refused. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, expect, it, vi } from 'vitest';
import { render } from '../../src/pages/render.js';
import { everyPage, unchanged } from './every-page.js';

afterEach(() => {
  vi.restoreAllMocks();
});

it.each(Object.entries(everyPage))(
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
