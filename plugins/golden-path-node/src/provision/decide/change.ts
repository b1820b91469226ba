import type { AuditAction } from '@goldenpath/plugin-golden-path-common';
import type { Mark } from './mark';
import { countByKind, OwnedObject, printCounts } from './ownedObject';

/** Attributes of a role to change, each with its desired value. */
export interface RoleAttributes {
  login?: true;
  createdb?: boolean;
  createrole?: false;
  /** Before 16 a role without it lacks the privileges of pg_database_owner, on schema public. */
  inherit?: true;
  connectionLimit?: number;
  validUntil?: 'infinity';
}

/** One change to the instance: one statement, printed by `sql.ts`. Holds no password. */
export type Change = { reason: string } & (
  | {
      kind: 'create role';
      role: string;
      createdb: boolean;
      connectionLimit: number;
      /** The secret holds the clone's password: the role gets its own with the next rotation. */
      isWithoutPassword?: true;
    }
  | { kind: 'create clone'; role: string; connectionLimit: number }
  | { kind: 'join owner'; role: string; of: string }
  | { kind: 'become owner'; role: string; of: string }
  | { kind: 'adopt role'; role: string; mark: Mark }
  | { kind: 'mark role'; role: string; mark: Mark }
  | { kind: 'alter role'; role: string; attributes: RoleAttributes }
  | { kind: 'set password'; role: string }
  | {
      kind: 'revoke membership';
      role: string;
      of: string;
      grantor: string;
      /** What goes with it (CASCADE), in words: memberships that the master can't revoke by name. */
      taken: string[];
    }
  | { kind: 'grant role to master'; role: string }
  | { kind: 'create database'; database: string; role: string }
  | { kind: 'adopt database'; database: string; role: string }
  | {
      kind: 'adopt objects';
      database: string;
      role: string;
      /** In an order that works. */
      objects: OwnedObject[];
    }
  | { kind: 'revoke from public'; database: string; privileges: string[] }
  | {
      kind: 'revoke grant option';
      database: string;
      from: string;
      privileges: string[];
      /** PUBLIC's privileges that it is to end, in words. */
      ends: string[];
      /** What goes with it (CASCADE), in words. */
      taken: string[];
    }
  | {
      /** Makes the master the owner for the length of the statements. */
      kind: 'revoke as master';
      database: string;
      role: string;
      privilege: string;
      /** Who loses the grant option. None: the master is the grantor. */
      from: string[];
      /** Gets the grant option first: without it, nothing depends on it. */
      lendsTo?: string;
      /** Whether that role keeps the privilege itself. */
      keeps?: boolean;
      ends: string[];
      taken: string[];
    }
  | { kind: 'grant to owner'; database: string; role: string }
);

/** The audit action of each change. */
export const AUDIT_ACTION_OF: Record<Change['kind'], AuditAction> = {
  'create role': 'create_role',
  'create clone': 'create_clone',
  'join owner': 'grant',
  'become owner': 'alter_role',
  'adopt role': 'adopt',
  'mark role': 'comment',
  'alter role': 'alter_role',
  'set password': 'set_password',
  'revoke membership': 'revoke',
  'grant role to master': 'grant',
  'create database': 'create_database',
  'adopt database': 'adopt',
  'adopt objects': 'adopt',
  'revoke from public': 'revoke',
  'revoke grant option': 'revoke',
  'revoke as master': 'revoke',
  'grant to owner': 'grant',
};

/** What a change is about: a plan that has it again tells that it doesn't hold. */
const identifyChange = (change: Change): string =>
  JSON.stringify(
    (['kind', 'role', 'of', 'grantor', 'database'] as const).map(
      name => (change as Partial<Record<typeof name, unknown>>)[name],
    ),
  );

const listEnds = (change: Change): string[] =>
  'ends' in change ? change.ends : [];

/** What is planned after a change, and what of PUBLIC's privileges is left to a superuser. */
export interface PlannedAfter {
  changes: readonly Change[];
  lasting: readonly string[];
}

/**
 * Finds a change in a plan made after it.
 * @returns what is seen instead, when the change doesn't hold
 */
export const findUndone = (
  change: Change,
  { changes, lasting }: PlannedAfter,
): string | undefined => {
  if (!('ends' in change)) {
    return changes.find(one => identifyChange(one) === identifyChange(change))
      ?.reason;
  }
  const left = [...changes.flatMap(listEnds), ...lasting].filter(it =>
    change.ends.includes(it),
  );
  return left.length > 0 ? [...new Set(left)].join(', ') : undefined;
};

/** Describes a change in a few words, as shown in plan and audit. */
export const describeChange = (change: Change): string => {
  switch (change.kind) {
    case 'create role':
      return [
        `create role ${change.role}`,
        printAttributes(pickNonDefaults(change)).join(' '),
      ]
        .filter(Boolean)
        .join(' with ');
    case 'create clone':
      return `create role ${change.role}, the second login`;
    case 'join owner':
      return `grant role ${change.of} to ${change.role}`;
    case 'become owner':
      return `let sessions of ${change.role} begin as ${change.of}`;
    case 'adopt role':
      return `adopt role ${change.role}`;
    case 'mark role':
      return `mark role ${change.role} as managed`;
    case 'alter role':
      return `alter role ${change.role}: ${printAttributes(
        change.attributes,
      ).join(' ')}`;
    case 'set password':
      return `set the password of ${change.role}`;
    case 'revoke membership':
      return `revoke membership in ${change.of} from ${
        change.role
      }${describeTaken(change.taken)}`;
    case 'grant role to master':
      return `grant role ${change.role} to the master`;
    case 'create database':
      return `create database ${change.database} owned by ${change.role}`;
    case 'adopt database':
      return `change the owner of database ${change.database} to ${change.role}`;
    case 'adopt objects':
      return `change the owner of ${printCounts(
        countByKind(change.objects),
      )} in database ${change.database} to ${change.role}`;
    case 'revoke from public':
      return `revoke ${change.privileges.join(', ')} on database ${
        change.database
      } from PUBLIC`;
    case 'revoke grant option':
      return `revoke the grant option for ${change.privileges.join(
        ', ',
      )} on database ${change.database} from ${change.from}${describeTaken(
        change.taken,
      )}`;
    case 'revoke as master':
      return `revoke ${change.privilege} on database ${
        change.database
      } from PUBLIC, with the master as its owner meanwhile${
        change.from.length > 0
          ? `: revoke the grant option from ${change.from.join(', ')}`
          : ''
      }${describeTaken(change.taken)}`;
    case 'grant to owner':
      return `grant all privileges on database ${change.database} to ${change.role}`;
    default:
      throw new Error(
        `No description for ${JSON.stringify(change satisfies never)}`,
      );
  }
};

const describeTaken = (taken: readonly string[]): string =>
  taken.length > 0 ? `, and what depends on it (${taken.join('; ')})` : '';

/** The attributes of a new role that differ from the defaults. */
const pickNonDefaults = ({
  createdb,
  connectionLimit,
}: Pick<
  Extract<Change, { kind: 'create role' }>,
  'createdb' | 'connectionLimit'
>): RoleAttributes => ({
  ...(createdb ? { createdb } : {}),
  ...(connectionLimit === -1 ? {} : { connectionLimit }),
});

/** Role attributes in SQL. Never names SUPERUSER, REPLICATION or BYPASSRLS: RDS rejects a statement that does. */
export const printAttributes = (attributes: RoleAttributes): string[] => [
  ...(attributes.login ? ['LOGIN'] : []),
  ...(attributes.createdb === undefined
    ? []
    : [attributes.createdb ? 'CREATEDB' : 'NOCREATEDB']),
  ...(attributes.createrole === undefined ? [] : ['NOCREATEROLE']),
  ...(attributes.inherit ? ['INHERIT'] : []),
  ...(attributes.connectionLimit === undefined
    ? []
    : [`CONNECTION LIMIT ${attributes.connectionLimit}`]),
  ...(attributes.validUntil ? [`VALID UNTIL '${attributes.validUntil}'`] : []),
];
