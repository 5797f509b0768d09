// The SELECTs of the hot paths: which columns of which tables each has, and how these are joined. The same text for both databases,
// with `?` for each value.
import { expression, selectionOf } from './columns.js';
import { columns } from './rows.js';

const {
  caller,
  secret,
  client,
  member,
  consent,
  family,
  code,
  refreshToken,
  session,
  api,
  revoked,
  introspector,
  apiToken,
  owner,
} = columns;
const called = { caller, secret };
const parties = { family, consent, client, member };
// Of what the caller must have been given itself: its client is the caller.
export const own = { family, consent, member };

const fromCaller = 'FROM "OAuthClient" c LEFT JOIN "OAuthClientSecret" s ON s."clientId" = c."id" AND s."selector" = ?';
const ofCaller = 'WHERE c."clientId" = ?';
const partiesOfFamily = `LEFT JOIN "Consent" k ON k."id" = f."consentId"
  LEFT JOIN "OAuthClient" tc ON tc."id" = k."clientId"
  LEFT JOIN "Member" m ON m."id" = k."memberId"`;
const ownFamily = 'LEFT JOIN "Consent" k ON k."id" = f."consentId" LEFT JOIN "Member" m ON m."id" = k."memberId"';
const familyById = `LEFT JOIN "TokenFamily" f ON f."id" = ? ${partiesOfFamily}`;
const clientByName = 'LEFT JOIN "OAuthClient" tc ON tc."clientId" = ?';
const revokedAndApi = 'LEFT JOIN "RevokedAccessToken" r ON r."jti" = ? LEFT JOIN "ApiResource" p ON p."id" = ?';
const introspectorOfApi =
  'LEFT JOIN "ApiResourceIntrospector" x ON x."apiResourceId" = p."id" AND x."clientId" = c."id"';
// So that there is a row to join to, whatever is missing.
const fromNothing = 'FROM (SELECT 1) AS one_row';

/**
 * Selects columns of several tables and, last of all, how many signing keys there are: a table of a few rows, counted once for a
 * statement.
 */
const select: typeof selectionOf = (parts, from) => {
  const selection = selectionOf(parts, from);
  return { ...selection, list: `${selection.list}, (SELECT count(*) FROM "SigningKey")` };
};

/** By what is asked for: the order of `?` in each is that of its tables. */
export const selections = {
  caller: select(called, `${fromCaller} ${ofCaller}`),
  code: select(
    { ...called, code, ...own },
    `${fromCaller}
  LEFT JOIN "AuthorizationCode" a ON a."hash" = ?
  LEFT JOIN "TokenFamily" f ON f."id" = a."familyId" ${ownFamily} ${ofCaller}`,
  ),
  refreshToken: select(
    { ...called, refreshToken, ...own },
    `${fromCaller}
  LEFT JOIN "RefreshToken" t ON t."hash" = ?
  LEFT JOIN "TokenFamily" f ON f."id" = t."familyId" ${ownFamily} ${ofCaller}`,
  ),
  introspectedOfMember: select(
    { ...called, revoked, api, introspector, ...parties },
    `${fromCaller} ${revokedAndApi} ${introspectorOfApi} ${familyById} ${ofCaller}`,
  ),
  introspectedOfClient: select(
    { ...called, revoked, api, introspector, client },
    `${fromCaller} ${revokedAndApi} ${introspectorOfApi} ${clientByName} ${ofCaller}`,
  ),
  apiToken: selectionOf(
    { apiToken, owner },
    'FROM "ApiToken" g JOIN "Member" m ON m."id" = g."ownerId" WHERE g."tokenHash" = ?',
  ),
  ofMember: select({ revoked, api, ...parties }, `${fromNothing} ${revokedAndApi} ${familyById}`),
  ofClient: select({ revoked, api, client }, `${fromNothing} ${revokedAndApi} ${clientByName}`),
};

/** No redirect URI has a space in it. Their order means nothing here. */
export function authorizingSelection(joined: 'string_agg' | 'group_concat') {
  const uris = expression(
    `(SELECT ${joined}(u."uri", ' ') FROM "OAuthClientRedirectUri" u WHERE u."clientId" = c."id")`,
  );
  return select(
    { caller, uris, session, member, consent },
    `FROM "OAuthClient" c
  LEFT JOIN "Session" w ON w."secretHash" = ?
  LEFT JOIN "Member" m ON m."id" = w."memberId"
  LEFT JOIN "Consent" k ON k."memberId" = m."id" AND k."clientId" = c."id" ${ofCaller}`,
  );
}
