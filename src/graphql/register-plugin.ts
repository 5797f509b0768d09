// Tells Pothos of a plugin of ours. What one does is its own file's part.
import SchemaBuilder from '@pothos/core';

/** Whoever loads a plugin anew, as tests and watchers do, has the same Pothos, which by itself takes a name only once. */
export const registerPlugin: typeof SchemaBuilder.registerPlugin = (name, plugin) => {
  SchemaBuilder.allowPluginReRegistration = true;
  SchemaBuilder.registerPlugin(name, plugin);
  SchemaBuilder.allowPluginReRegistration = false;
};
