import { printAttributes, Change } from '../change';
import type { EndOfGrant } from '../endGrants';
import { Mark, printMark } from '../mark';
import { ADMIN_OPTION_VERSION } from '../observation';
import type { OwnedObject } from '../ownedObject';

/** Quotes an identifier (PostgreSQL docs, 4.1.1). */
export const quoteIdentifier = (name: string): string =>
  `"${name.replace(/"/g, '""')}"`;

/** Quotes a string, correct with any `standard_conforming_strings` (PostgreSQL's quote_literal). */
export const quoteLiteral = (text: string): string => {
  const quoted = `'${text.replace(/'/g, "''").replace(/\\/g, '\\\\')}'`;
  return text.includes('\\') ? ` E${quoted}` : quoted;
};

/** What a statement requires besides its change. */
export interface SqlContext {
  /** Major version of the server. */
  version: number;
  /** SCRAM verifier of the role's password; required only when {@link needsVerifier}. */
  verifier?: string;
}

/** Prints the statement that applies a change. */
export const printSql = (change: Change, context: SqlContext): string => {
  switch (change.kind) {
    case 'create role':
      return createRoleSql(
        change,
        change.isWithoutPassword ? 'NULL' : quoteVerifier(context),
      );
    case 'create clone':
      return createRoleSql(
        { ...change, createdb: false },
        quoteVerifier(context),
      );
    case 'join owner':
      // Before 16 every member inherits and may SET ROLE.
      return `GRANT ${quoteIdentifier(change.of)} TO ${quoteIdentifier(
        change.role,
      )}${
        context.version >= ADMIN_OPTION_VERSION
          ? ' WITH INHERIT TRUE, SET TRUE'
          : ''
      }`;
    case 'become owner':
      return `ALTER ROLE ${quoteIdentifier(
        change.role,
      )} SET role = ${quoteLiteral(change.of)}`;
    case 'adopt role':
    case 'mark role':
      return commentOnRoleSql(change.role, change.mark);
    case 'alter role':
      return `ALTER ROLE ${quoteIdentifier(change.role)} ${printAttributes(
        change.attributes,
      ).join(' ')}`;
    case 'set password':
      return `ALTER ROLE ${quoteIdentifier(
        change.role,
      )} PASSWORD ${quoteVerifier(context)}`;
    case 'revoke membership':
      return revokeMembershipSql(change, context.version);
    case 'grant role to master':
      // Before 16 every member inherits and may SET ROLE. Since 16 the master's defaults would decide.
      return `GRANT ${quoteIdentifier(change.role)} TO CURRENT_USER${
        context.version >= ADMIN_OPTION_VERSION
          ? ' WITH INHERIT TRUE, SET TRUE'
          : ''
      }`;
    case 'create database':
      // template0: other sessions may be connected to template1 and may have changed it.
      return `CREATE DATABASE ${quoteIdentifier(
        change.database,
      )} OWNER ${quoteIdentifier(
        change.role,
      )} TEMPLATE template0 ENCODING 'UTF8'`;
    case 'adopt database':
      return `ALTER DATABASE ${quoteIdentifier(
        change.database,
      )} OWNER TO ${quoteIdentifier(change.role)}`;
    case 'adopt objects':
      return change.objects
        .map(object => alterOwnerSql(object, change.role))
        .join('; ');
    case 'revoke from public':
      return `REVOKE ${change.privileges.join(
        ', ',
      )} ON DATABASE ${quoteIdentifier(change.database)} FROM PUBLIC`;
    case 'revoke grant option':
      return revokeGrantOptionSql(change);
    case 'revoke as master':
      return revokeAsMasterSql(change);
    case 'grant to owner':
      return `GRANT ALL PRIVILEGES ON DATABASE ${quoteIdentifier(
        change.database,
      )} TO ${quoteIdentifier(change.role)}`;
    default:
      throw new Error(`No SQL for ${JSON.stringify(change satisfies never)}`);
  }
};

/** The word of a statement for a kind of object, where it is another. */
const WORD_OF_KIND: Readonly<Record<string, string>> = {
  function: 'ROUTINE',
  procedure: 'ROUTINE',
  aggregate: 'ROUTINE',
  'statistics object': 'STATISTICS',
};

/** The identity is quoted by the server. */
const alterOwnerSql = ({ kind, identity }: OwnedObject, role: string): string =>
  `ALTER ${
    WORD_OF_KIND[kind] ?? kind.toUpperCase()
  } ${identity} OWNER TO ${quoteIdentifier(role)}`;

/** Whether the statement sets a password. */
export const needsVerifier = (change: Change): boolean =>
  change.kind === 'create role'
    ? !change.isWithoutPassword
    : ['create clone', 'set password'].includes(change.kind);

const quoteVerifier = ({ verifier }: SqlContext): string => {
  if (verifier === undefined)
    throw new Error('A statement that sets a password has no verifier.');
  return quoteLiteral(verifier);
};

const createRoleSql = (
  {
    role,
    createdb,
    connectionLimit,
  }: { role: string; createdb: boolean; connectionLimit: number },
  password: string,
): string =>
  `CREATE ROLE ${quoteIdentifier(role)} ${printAttributes({
    login: true,
    createdb,
    createrole: false,
    connectionLimit,
  }).join(' ')} PASSWORD ${password}`;

const commentOnRoleSql = (role: string, mark: Mark): string =>
  `COMMENT ON ROLE ${quoteIdentifier(role)} IS ${quoteLiteral(
    printMark(mark),
  )}`;

/** Since 16 each grantor has a membership row of its own, and REVOKE removes one of them. */
export const revokeMembershipSql = (
  {
    role,
    of,
    grantor,
    taken,
  }: Pick<
    Extract<Change, { kind: 'revoke membership' }>,
    'role' | 'of' | 'grantor' | 'taken'
  >,
  version: number,
): string =>
  `REVOKE ${quoteIdentifier(of)} FROM ${quoteIdentifier(role)}${
    version >= ADMIN_OPTION_VERSION
      ? ` GRANTED BY ${quoteIdentifier(grantor)}`
      : ''
  }${taken.length > 0 ? ' CASCADE' : ''}`;

const revokeGrantOptionSql = ({
  database,
  from,
  privileges,
}: {
  database: string;
  from: string;
  privileges: readonly string[];
}): string =>
  `REVOKE GRANT OPTION FOR ${privileges.join(
    ', ',
  )} ON DATABASE ${quoteIdentifier(database)} FROM ${quoteIdentifier(
    from,
  )} CASCADE`;

const revokeAsMasterSql = ({
  database,
  role,
  privilege,
  from,
  lendsTo,
  keeps,
}: Extract<Change, { kind: 'revoke as master' }>): string => {
  const on = `DATABASE ${quoteIdentifier(database)}`;
  const revoke = (borrower: string) =>
    borrower === lendsTo && !keeps
      ? `REVOKE ${privilege} ON ${on} FROM ${quoteIdentifier(borrower)} CASCADE`
      : revokeGrantOptionSql({
          database,
          from: borrower,
          privileges: [privilege],
        });
  return [
    `ALTER ${on} OWNER TO CURRENT_USER`,
    ...(lendsTo === undefined
      ? []
      : [
          `GRANT ${privilege} ON ${on} TO ${quoteIdentifier(
            lendsTo,
          )} WITH GRANT OPTION`,
        ]),
    ...(from.length > 0
      ? from.map(revoke)
      : [`REVOKE ${privilege} ON ${on} FROM PUBLIC`]),
    `ALTER ${on} OWNER TO ${quoteIdentifier(role)}`,
  ].join('; ');
};

/** Statements that end privileges on a database, to be run by a person. */
export const endGrantSql = (
  database: string,
  owner: string,
  { by, grantee, grantor, privileges, cascades }: EndOfGrant,
): string => {
  const on = `DATABASE ${quoteIdentifier(database)}`;
  const names = privileges.join(', ');
  const revoke = `REVOKE ${names} ON ${on} FROM ${
    grantee === null ? 'PUBLIC' : quoteIdentifier(grantee)
  }${cascades ? ' CASCADE' : ''};`;
  switch (by) {
    case 'revoke':
      return revoke;
    case 'lend':
      return `GRANT ${names} ON ${on} TO ${quoteIdentifier(
        grantor,
      )} WITH GRANT OPTION; REVOKE ${names} ON ${on} FROM ${quoteIdentifier(
        grantor,
      )} CASCADE;`;
    case 'merge':
      return `ALTER ${on} OWNER TO ${quoteIdentifier(
        grantor,
      )}; ALTER ${on} OWNER TO ${quoteIdentifier(owner)}; ${revoke}`;
    default:
      throw new Error(`No SQL for ${JSON.stringify(by satisfies never)}`);
  }
};
