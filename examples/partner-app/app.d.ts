// The types of app.js, for tests in TypeScript.

export interface PartnerAppConfiguration {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly port?: number;
  readonly host?: string;
  readonly redirectUri?: string;
}

export interface PartnerApp {
  readonly url: string;
  listen(): Promise<void>;
  close(): Promise<void>;
}

export function createPartnerApp(configuration: PartnerAppConfiguration): PartnerApp;
