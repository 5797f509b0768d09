// The one table of rights, and ids that sort by time.
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createIdMaker, type IdKind, idAt, idPrefixes, kindOfId } from '../../src/lib/ids.js';
import {
  isWithinRole,
  lesserRole,
  permissions,
  permissionsOf,
  roleOfScopes,
  roles,
  tokenRoles,
} from '../../src/lib/roles.js';

describe('roles', () => {
  test.each([
    ['READER', ['MEMBER_READ', 'API_TOKEN_WRITE']],
    ['WRITER', ['MEMBER_READ', 'API_TOKEN_WRITE']],
    ['ADMIN', [...permissions]],
    ['OWNER', [...permissions]],
  ] as const)('%s may do exactly this', (role, allowed) => {
    expect([...permissionsOf(role)].sort()).toEqual([...allowed].sort());
  });

  test('a lesser role never may more than a greater one', () => {
    for (const left of roles) {
      for (const right of roles) {
        const lesser = lesserRole(left, right);
        expect(lesser).toBe(lesserRole(right, left));
        expect(isWithinRole(lesser, left) && isWithinRole(lesser, right)).toBe(true);
        expect(permissionsOf(left)).toEqual(expect.arrayContaining([...permissionsOf(lesser)]));
      }
    }
  });

  test('no token is OWNER, nor do scopes make one', () => {
    expect(tokenRoles).not.toContain('OWNER');
    expect(roleOfScopes(['openid', 'reader', 'admin'])).toBe('ADMIN');
    expect(roleOfScopes(['writer', 'reader'])).toBe('WRITER');
    expect(roleOfScopes(['reader'])).toBe('READER');
    for (const scopes of [[], ['openid'], ['owner'], ['OWNER'], ['ADMIN'], ['administrator']]) {
      expect(roleOfScopes(scopes)).toBeNull();
    }
  });
});

describe('ids', () => {
  const kinds = Object.keys(idPrefixes) as IdKind[];

  test('say their kind, and each kind has a prefix of its own', () => {
    const newId = createIdMaker(() => 1_780_000_000_000, randomBytes);
    for (const kind of kinds) {
      expect(newId(kind)).toMatch(/^[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}$/);
      expect(kindOfId(newId(kind))).toBe(kind);
    }
    expect(new Set(Object.values(idPrefixes)).size).toBe(kinds.length);
  });

  test('sort in the order of their making, within a millisecond too', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { minLength: 2, maxLength: 200 }), (steps) => {
        let now = 1_780_000_000_000;
        const newId = createIdMaker(() => now, randomBytes);
        const made = steps.map((step) => {
          now += step;
          return newId('member');
        });
        expect([...made].sort()).toEqual(made);
        expect(new Set(made).size).toBe(made.length);
      }),
    );
  });

  test('sort by time across processes', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 40), fc.integer({ min: 1, max: 2 ** 40 }), (first, later) => {
        const [one, other] = [createIdMaker(() => first, randomBytes), createIdMaker(() => first + later, randomBytes)];
        expect(one('session') < other('session')).toBe(true);
      }),
    );
  });

  test('of a moment are not below its smallest id, and those of earlier moments are', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 40), fc.nat(5), (time, later) => {
        const id = createIdMaker(() => time, randomBytes)('auditLogEntry');
        expect(id >= idAt('auditLogEntry', new Date(time))).toBe(true);
        expect(id < idAt('auditLogEntry', new Date(time + 1 + later))).toBe(true);
      }),
    );
    expect(kindOfId(idAt('member', new Date(0)))).toBe('member');
    // Moments that no id can have still have a place in the order.
    const [before, after] = [idAt('member', new Date(-1)), idAt('member', new Date(8.64e15))];
    expect([before, after].map(kindOfId)).toEqual(['member', 'member']);
    expect(before < after).toBe(true);
  });

  test('count on from the greatest random part without overflow', () => {
    const newId = createIdMaker(
      () => 1,
      (length) => new Uint8Array(length).fill(255),
    );
    const made = Array.from({ length: 5 }, () => newId('account'));
    expect([...made].sort()).toEqual(made);
  });

  test('nothing else is one of our ids', () => {
    const newId = createIdMaker(() => 1_780_000_000_000, randomBytes);
    const id = newId('member');
    for (const text of ['', 'mem_', id.slice(0, -1), `${id}0`, id.toLowerCase(), id.replace('mem', 'xyz'), `${id}\n`]) {
      expect(kindOfId(text)).toBeNull();
    }
    fc.assert(fc.property(fc.string(), (text) => kindOfId(text) === null));
  });
});
