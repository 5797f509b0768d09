// Scope: a word that an app may ask for, as several features tell of it.
import { builder } from './builder.js';

interface ScopeParts {
  readonly name: string;
  readonly description: string;
  readonly audience: string | null;
}

export const Scope = builder.objectRef<ScopeParts>('Scope').implement({
  description: 'Something that an app may ask a person, or the API, to be allowed.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'As it stands in the parameter `scope` of OAuth.' }),
    description: t.exposeString('description', { description: 'What it lets an app do, as the consent page says it.' }),
    audience: t.exposeString('audience', {
      nullable: true,
      description:
        'The audience of the API resource that it is for, which an app sends as `resource` beside it; null for Latchkey’s own scopes.',
    }),
  }),
});
