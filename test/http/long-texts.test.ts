// Long texts of combining marks: bringing them into their normal form takes time by the square of their length, for everybody.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestApp, type TestApp } from '../support/app.js';
import { newBrowser } from '../support/oauth.js';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

const marks = `a${'\u0300'.repeat(8_000)}${'\u0316'.repeat(6_000)}`;

test.each([
  ['e-mail address', { email: marks, password: 'a long wrong password' }],
  ['password', { email: 'owner@example.com', password: marks }],
])('an %s of thousands of marks is refused without being normalised', async (_name, person) => {
  const lengths: number[] = [];
  const normalize = String.prototype.normalize;
  const spy = vi.spyOn(String.prototype, 'normalize').mockImplementation(function (this: string, form?: string) {
    lengths.push(this.length);
    return normalize.call(this, form);
  });
  try {
    expect((await newBrowser(app).signIn(person)).status).toBe(400);
  } finally {
    spy.mockRestore();
  }
  expect(Math.max(...lengths)).toBeLessThan(1000);
});
