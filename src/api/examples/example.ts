// What one of GraphiQL's tabs is made of.

/** One tab: what it shows, its document and its variables. */
export interface Example {
  name: string;
  /**
   * Named operations. The first one's name becomes the tab's title; where there are more, GraphiQL's ▶ asks which to run.
   * Those of a tab share its variables, so that an id is filled in once.
   */
  query: string;
  /** What the reader has to fill in begins with PASTE. */
  variables?: Readonly<Record<string, unknown>>;
}
