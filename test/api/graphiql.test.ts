/** GraphiQL's page, its policy, boot script and examples, without a browser. */
import { runInNewContext } from 'node:vm';
import { Kind, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { examples } from '../../src/api/examples.js';
import { graphiqlContentSecurityPolicy, graphiqlPage, jsonDataBlock } from '../../src/api/graphiql.js';
import { graphiqlAssetPaths } from '../../src/api/graphiql-assets.js';
import { bootScript } from '../../src/api/graphiql-boot.js';

const issuer = 'https://id.example.com';
const viewer = { email: 'ada@example.com', role: 'ADMIN' };

describe('the page', () => {
  it('says who is signed in and how to sign out', () => {
    const html = graphiqlPage({ issuer, viewer });
    expect(html).toContain('ada@example.com');
    expect(html).toContain('<a href="/logout">Sign out</a>');
    expect(html).toContain(`POST ${issuer}/graphql`);
  });

  it('offers to sign in, and names API tokens', () => {
    const html = graphiqlPage({ issuer, viewer: null });
    expect(html).toContain('<a href="/login?return_to=/graphql">Sign in</a>');
    expect(html).toContain('Bearer lkt_…');
  });

  it('is small: scripts are files of ours, and nothing inline is script', () => {
    const html = graphiqlPage({ issuer, viewer });
    expect(html.length).toBeLessThan(20_000);
    const scripts = [...html.matchAll(/<script([^>]*)>/g)].map((match) => match[1]);
    const { boot, script } = graphiqlAssetPaths();
    expect(scripts[0]).toContain('type="application/json"');
    expect(scripts.slice(1)).toEqual([` src="${boot}" defer=""`, ` src="${script}" defer=""`]);
    expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });

  it('escapes who is signed in', () => {
    const hostile = '"><script>alert(1)</script>';
    const html = graphiqlPage({ issuer: hostile, viewer: { email: hostile, role: hostile } });
    expect(html).not.toContain('<script>alert');
  });

  it('opens the examples as tabs and keeps headers out of storage', () => {
    const html = graphiqlPage({ issuer, viewer });
    const data = /<script type="application\/json"[^>]*>(.*?)<\/script>/s.exec(html)?.[1] ?? '';
    const { options } = JSON.parse(data) as { options: Record<string, unknown> & { defaultTabs: { query: string }[] } };
    expect(options).toMatchObject({ endpoint: '/graphql', credentials: 'same-origin', shouldPersistHeaders: false });
    expect(options.defaultTabs.map((tab) => tab.query)).toEqual(examples.map((example) => example.query));
  });

  it('cannot be broken out of by what its data holds', () => {
    const hostile = { text: '</script><script>alert(1)</script><!-- ' };
    expect(jsonDataBlock(hostile)).not.toContain('<');
    expect(JSON.parse(jsonDataBlock(hostile))).toEqual(hostile);
  });

  it('has a policy without eval, inline script or foreign hosts', () => {
    const policy = graphiqlContentSecurityPolicy();
    expect(policy).not.toMatch(/unsafe-eval|https?:|\*|blob:/);
    expect(policy).toContain("script-src 'self';");
    for (const directive of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]) {
      expect(policy.split('; ')).toContain(directive);
    }
  });
});

describe('the boot script', () => {
  function boot(withBundle: boolean, search = '') {
    const stored = new Map<string, string>();
    const localStorage = {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => stored.set(key, value),
      removeItem: (key: string) => stored.delete(key),
    };
    const rendered: { storage: typeof localStorage; endpoint: string }[] = [];
    const shown: string[] = [];
    const root = { replaceChildren: (child: { textContent: string }) => shown.push(child.textContent) };
    const configuration = { workers: { json: '/j', editorWorkerService: '/e' }, loading: 'Wait', loadFailed: 'Failed' };
    const defaultTabs = [
      { query: 'query A', variables: '{"a":1}' },
      { query: 'query B', variables: null },
    ];
    const text = JSON.stringify({ ...configuration, options: { endpoint: '/graphql', defaultTabs } });
    const global: Record<string, unknown> = {
      localStorage,
      location: { search },
      URLSearchParams,
      document: {
        getElementById: (id: string) => (id === 'graphiql' ? root : { textContent: text }),
        createElement: () => ({}),
      },
      addEventListener: (_type: string, listener: () => void) => listener(),
    };
    global.self = global;
    if (withBundle) {
      const renderYogaGraphiQL = (_root: unknown, options: (typeof rendered)[number]) => rendered.push(options);
      global.YogaGraphiQL = { renderYogaGraphiQL };
    }
    runInNewContext(bootScript, global);
    return { stored, rendered, shown, environment: global.MonacoEnvironment as Record<string, unknown> };
  }

  it('renders with the options of the page and workers of ours', () => {
    const { rendered, environment } = boot(true);
    expect(rendered[0]?.endpoint).toBe('/graphql');
    const workerUrl = environment.getWorkerUrl as (module: string, label: string) => string;
    expect([workerUrl('m', 'json'), workerUrl('m', 'unheard of')]).toEqual(['/j', '/e']);
  });

  it('stores tabs and history without their headers, and everything else as it is', () => {
    const { rendered, stored } = boot(true);
    const storage = rendered[0]?.storage;
    const headers = '{"Authorization":"Bearer lkt_secret"}';
    storage?.setItem('graphiql:tabState', JSON.stringify({ tabs: [{ query: '{ viewer }', headers }] }));
    storage?.setItem('graphiql:queries', JSON.stringify({ queries: [{ query: '{ viewer }', headers }] }));
    storage?.setItem('graphiql:headers', headers);
    storage?.setItem('graphiql:variables', '{\n  "headers": 1\n}');
    expect([...stored.values()].join()).not.toContain('lkt_secret');
    expect(stored.get('graphiql:tabState')).toContain('{ viewer }');
    // GraphiQL finds the open tab again by comparing texts, so that not even blanks may change.
    expect(stored.get('graphiql:variables')).toBe('{\n  "headers": 1\n}');
  });

  it('gives the editors what the open tab holds, and the first tab where nothing is stored yet', () => {
    const { rendered, stored } = boot(true);
    const held = () => ['query', 'variables'].map((name) => rendered[0]?.storage.getItem(`graphiql:${name}`));
    expect(held()).toEqual(['query A', '{"a":1}']);
    stored.set(
      'graphiql:tabState',
      JSON.stringify({ activeTabIndex: 0, tabs: [{ query: 'query C', variables: null }] }),
    );
    expect(held()).toEqual(['query C', '']);
  });

  it('gives the query of a link no variables of the first tab', () => {
    const storage = boot(true, '?query=query+L').rendered[0]?.storage;
    expect(storage?.getItem('graphiql:variables')).toBeNull();
  });

  it('says so when the bundle did not load', () => {
    expect(boot(false).shown).toEqual(['Wait', 'Failed']);
  });
});

describe('the examples', () => {
  it.each(examples.map((example) => [example.name, example] as const))(
    '%s is made of named operations, and gives no variable that none of them declares',
    (_name, example) => {
      const { definitions } = parse(example.query);
      const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
      expect(operations.length).toBeGreaterThan(0);
      for (const operation of operations) expect(operation.name?.value).toBeTruthy();
      const declared = operations.flatMap((operation) =>
        operation.variableDefinitions?.map((definition) => definition.variable.name.value),
      );
      for (const name of Object.keys(example.variables ?? {})) expect(declared).toContain(name);
    },
  );

  it('asks for userErrors in every mutation, and says that secrets are shown once', () => {
    for (const { query } of examples.filter((example) => example.query.includes('mutation '))) {
      expect(query).toContain('userErrors');
      if (/\b(?:clientSecret|token)\n/.test(query)) expect(query).toContain('shown this once');
    }
  });
});
