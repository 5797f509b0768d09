// The suite's browser: does on our pages what the written configuration says, and nothing else.
import type { SuiteConfig } from '../../src/conformance/suite-config.js';
import { fieldsOf, type Page, type TestBrowser } from '../support/browser.js';

/** Where the browser ended. */
export interface Seen {
  readonly page: Page;
  /** The addresses of our pages on which steps were done. */
  readonly tasks: readonly string[];
  /** The parameters that reached the client; null when the browser stayed with us. */
  readonly response: Readonly<Record<string, string>> | null;
  readonly mode: 'query' | 'form_post' | null;
}

type Visit = SuiteConfig['browser'][number];
type Task = Visit['tasks'][number];

function matches(pattern: string, url: string): boolean {
  const expression = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${expression.join('.*')}$`).test(url);
}

/** The visit that the configuration has for the module's `count`-th address. */
function visitFor(config: SuiteConfig, module: string, url: string, count: number): Visit {
  const visits = (config.override[module]?.browser ?? config.browser).filter(({ match }) => matches(match, url));
  const found = visits.find((visit) => count <= (visit['match-limit'] ?? Number.POSITIVE_INFINITY));
  if (!found) throw new Error(`The configuration of ${module} has no visit for ${url}`);
  return found;
}

/** A form that our page would post by itself to the client, as a browser with scripts does. */
function posted(page: Page): Seen | null {
  const action = /<form\b[^>]*\baction="(https:[^"]*)"/.exec(page.html)?.[1];
  if (action === undefined) return null;
  const url = new URL(action.replaceAll('&amp;', '&'));
  return { page: { ...page, url, left: true }, tasks: [], response: fieldsOf(page.html), mode: 'form_post' };
}

/** Does one task's commands. @returns the page that a click led to, or the same */
async function perform(browser: TestBrowser, page: Page, task: Task): Promise<Page> {
  const values: Record<string, string> = {};
  let current = page;
  for (const [command, ...args] of task.commands ?? []) {
    const [kind, target = '', third, text] = args.map(String);
    if (command === 'text' && kind === 'name') {
      if (!(target in fieldsOf(current.html))) throw new Error(`There is no field ${target} at ${current.url.href}`);
      values[target] = third ?? '';
    } else if (command === 'click' && kind === 'css') {
      const [, value] = /^button\[name="decision"\]\[value="(\w+)"\]$/.exec(target) ?? [];
      const button = value === undefined ? 'class="button button-primary"' : `value="${value}"`;
      if (!current.html.includes(button)) throw new Error(`There is no ${target} at ${current.url.href}`);
      current = await browser.submit(current, value === undefined ? values : { ...values, decision: value });
    } else if (command === 'wait' && kind === 'xpath') {
      if (!new RegExp(text ?? '').test(current.html)) throw new Error(`${text} is not shown at ${current.url.href}`);
    } else if (!(command === 'wait' && kind === 'id' && target === 'submission_complete' && current.left)) {
      throw new Error(`Unknown command ${JSON.stringify([command, ...args])} at ${current.url.href}`);
    }
  }
  return current;
}

/** Goes to an address and follows the configuration's steps. */
export async function follow(
  browser: TestBrowser,
  config: SuiteConfig,
  module: string,
  url: string,
  count: number,
): Promise<Seen> {
  const tasks: string[] = [];
  let page = await browser.visit(url);
  for (const task of visitFor(config, module, url, count).tasks) {
    page = posted(page)?.page ?? page;
    if (matches(task.match, page.url.href)) {
      tasks.push(page.url.pathname);
      page = await perform(browser, page, task);
    } else if (!task.optional) {
      throw new Error(`${module} is at ${page.url.href}, where its steps do not lead: ${task.task}, ${task.match}`);
    }
  }
  const byForm = page.html === '' ? null : posted(page);
  if (byForm) return { ...byForm, tasks };
  const response = page.left ? Object.fromEntries(page.url.searchParams) : null;
  return { page, tasks, response, mode: page.left ? 'query' : null };
}
