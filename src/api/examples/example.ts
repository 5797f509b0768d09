// What one of GraphiQL's tabs is made of.

/** One tab: what it shows, its document and its variables. */
export interface Example {
  name: string;
  /**
   * Named operations. The first one's name becomes the tab's title; where there are more, GraphiQL's ▶ asks which to run.
   * Those of a tab share its variables, so that an id is filled in once; but what cannot be undone takes an id of its own, since
   * in that menu it is one line away.
   */
  query: string;
  /**
   * What the reader has to fill in begins with PASTE, or is an empty name, for which any text would do. Before that an operation
   * may add something, but changes nothing that is there; nor does an update with no more than the id of what it updates.
   */
  variables?: Readonly<Record<string, unknown>>;
}
