import type { Change } from '../decide/change';
import type { ObservedClone } from '../decide/clone';
import { printMark } from '../decide/mark';

/** A second login as a rotation leaves it, without the mark. */
export const CLONE: ObservedClone = {
  name: 'users_clone',
  owner: 'users',
  canLogin: true,
  createdb: false,
  createrole: false,
  inherits: true,
  powers: [],
  connectionLimit: -1,
  expires: false,
  memberOf: [
    {
      role: 'users',
      grantor: 'the "master"',
      isAdmin: false,
      inherits: true,
      maySetRole: true,
      isOursToEnd: true,
    },
  ],
  members: [],
  settings: [
    { database: null, name: 'role', value: 'users', isOursToReset: true },
  ],
  owns: [],
  isOursToAlter: true,
};

/** What a change leaves of the second login. */
export const applyToClone = (
  clone: ObservedClone,
  change: Change,
): ObservedClone => {
  switch (change.kind) {
    case 'create clone':
      return {
        ...CLONE,
        connectionLimit: change.connectionLimit,
        memberOf: [],
        settings: [],
      };
    case 'join owner':
      return {
        ...clone,
        memberOf: [
          ...clone.memberOf.filter(one => one.grantor !== 'the "master"'),
          ...CLONE.memberOf,
        ],
      };
    case 'become owner':
      return {
        ...clone,
        settings: [
          ...clone.settings.filter(
            ({ database, name }) => database !== null || name !== 'role',
          ),
          ...CLONE.settings,
        ],
      };
    case 'adopt role':
    case 'mark role':
      return { ...clone, comment: printMark(change.mark) };
    case 'alter role': {
      const { login, createdb, createrole, inherit, connectionLimit } =
        change.attributes;
      return {
        ...clone,
        canLogin: clone.canLogin || login === true,
        createdb: createdb ?? clone.createdb,
        createrole: createrole ?? clone.createrole,
        inherits: clone.inherits || inherit === true,
        connectionLimit: connectionLimit ?? clone.connectionLimit,
        expires: clone.expires && !change.attributes.validUntil,
      };
    }
    case 'revoke membership':
      return {
        ...clone,
        memberOf: clone.memberOf.filter(
          ({ role, grantor }) =>
            role !== change.of || grantor !== change.grantor,
        ),
      };
    default:
      return clone;
  }
};
