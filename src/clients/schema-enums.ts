// The enums of OAuth clients in GraphQL, with what each value means.
import { builder } from '../graphql/builder.js';

export const OAuthClientTypeEnum = builder.enumType('OAuthClientType', {
  description: 'Whether a client can keep a secret, and where it runs.',
  values: {
    CONFIDENTIAL: { description: 'Runs on a server, which keeps its secret.' },
    PUBLIC: { description: 'Runs in a browser, without a secret.' },
    NATIVE: { description: 'Runs on people’s own devices, without a secret.' },
  } as const,
});

export const GrantTypeEnum = builder.enumType('GrantType', {
  description: 'A way to get tokens.',
  values: {
    AUTHORIZATION_CODE: { value: 'authorization_code', description: 'A person signs in and is asked for consent.' },
    REFRESH_TOKEN: { value: 'refresh_token', description: 'New tokens without asking again.' },
    CLIENT_CREDENTIALS: { value: 'client_credentials', description: 'The client by itself, without a person.' },
  } as const,
});

export const ResponseModeEnum = builder.enumType('ResponseMode', {
  description: 'How the answer to an authorization request travels to the client.',
  values: {
    QUERY: { value: 'query', description: 'In the query of the redirect URI.' },
    FORM_POST: {
      value: 'form_post',
      description: 'In a form that the browser posts, so that it stands in no address (Form Post Response Mode).',
    },
  } as const,
});

export const TokenEndpointAuthMethodEnum = builder.enumType('TokenEndpointAuthMethod', {
  description: 'How a client proves itself at the token endpoint.',
  values: {
    CLIENT_SECRET_BASIC: { description: 'Its secret in the Authorization header.' },
    CLIENT_SECRET_POST: { description: 'Its secret in the body.' },
    PRIVATE_KEY_JWT: {
      description: 'A JWT that it signs with its own key, whose public half is in `jwks` or at `jwksUri` (RFC 7523).',
    },
    NONE: { description: 'Not at all: PKCE protects its sign-ins.' },
  } as const,
});

export const ConsentModeEnum = builder.enumType('ConsentMode', {
  description: 'When people are asked for consent.',
  values: {
    ALWAYS: { description: 'At every sign-in.' },
    REMEMBER: { description: 'Once, and again when more is asked for.' },
  } as const,
});

export const SigningAlgorithmEnum = builder.enumType('SigningAlgorithm', {
  description: 'How a token is signed.',
  values: {
    RS256: { description: 'RSA with SHA-256, which every library can check.' },
    ES256: { description: 'ECDSA on P-256 with SHA-256: smaller and quicker.' },
  } as const,
});
