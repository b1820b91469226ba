import { attributeWords, Change } from '../change';
import { printMark, SecretVersion } from '../mark';
import { ADMIN_OPTION_VERSION } from '../observation';

/** An identifier as it stands in a statement (PostgreSQL, 4.1.1). */
export const quoteIdentifier = (name: string): string =>
  `"${name.replace(/"/g, '""')}"`;

/** A string as it stands in a statement, right whatever `standard_conforming_strings` says (PostgreSQL's quote_literal). */
export const quoteLiteral = (text: string): string => {
  const quoted = `'${text.replace(/'/g, "''").replace(/\\/g, '\\\\')}'`;
  return text.includes('\\') ? ` E${quoted}` : quoted;
};

/** What a statement needs beyond its change. */
export interface SqlContext {
  /** Major version of the server. */
  version: number;
  /** The SCRAM verifier of the role's password; needed only where one is set ({@link needsVerifier}). */
  verifier?: string;
}

/** The statement that makes a change. */
export const sqlOf = (change: Change, context: SqlContext): string => {
  switch (change.kind) {
    case 'create role':
      return createRole(change, verifierLiteral(context));
    case 'adopt role':
    case 'mark role':
      return commentOnRole(change.role, change.mark);
    case 'alter role':
      return `ALTER ROLE ${quoteIdentifier(change.role)} ${attributeWords(
        change.attributes,
      ).join(' ')}`;
    case 'set password':
      return `ALTER ROLE ${quoteIdentifier(change.role)} PASSWORD ${verifierLiteral(
        context,
      )}`;
    case 'end membership':
      return endMembership(change, context.version);
    case 'act as owner':
      // Before 16 a member always inherits and may always SET ROLE; since then the master's own settings would decide.
      return `GRANT ${quoteIdentifier(change.role)} TO CURRENT_USER${
        context.version >= ADMIN_OPTION_VERSION
          ? ' WITH INHERIT TRUE, SET TRUE'
          : ''
      }`;
    case 'create database':
      // template0, because others may be connected to template1 and may have put things into it.
      return `CREATE DATABASE ${quoteIdentifier(
        change.database,
      )} OWNER ${quoteIdentifier(
        change.role,
      )} TEMPLATE template0 ENCODING 'UTF8'`;
    case 'adopt database':
      return `ALTER DATABASE ${quoteIdentifier(
        change.database,
      )} OWNER TO ${quoteIdentifier(change.role)}`;
    case 'close to public':
      return `REVOKE ${change.privileges.join(
        ', ',
      )} ON DATABASE ${quoteIdentifier(change.database)} FROM PUBLIC`;
    case 'grant to owner':
      return `GRANT ALL PRIVILEGES ON DATABASE ${quoteIdentifier(
        change.database,
      )} TO ${quoteIdentifier(change.role)}`;
    default:
      throw new Error(`No SQL for ${JSON.stringify(change satisfies never)}`);
  }
};

/** Whether the statement sets a password. */
export const needsVerifier = ({ kind }: Change): boolean =>
  kind === 'create role' || kind === 'set password';

const verifierLiteral = ({ verifier }: SqlContext): string => {
  if (verifier === undefined)
    throw new Error(
      'No verifier was made for a statement that sets a password.',
    );
  return quoteLiteral(verifier);
};

const createRole = (
  { role, createdb, connectionLimit }: Extract<Change, { kind: 'create role' }>,
  password: string,
): string =>
  `CREATE ROLE ${quoteIdentifier(role)} ${attributeWords({
    login: true,
    createdb,
    createrole: false,
    connectionLimit,
  }).join(' ')} PASSWORD ${password}`;

const commentOnRole = (role: string, mark: SecretVersion): string =>
  `COMMENT ON ROLE ${quoteIdentifier(role)} IS ${quoteLiteral(
    printMark(mark),
  )}`;

/** Since 16 a membership is one row per grantor, and only that grantor's is revoked. */
const endMembership = (
  { role, of, grantor }: Extract<Change, { kind: 'end membership' }>,
  version: number,
): string =>
  `REVOKE ${quoteIdentifier(of)} FROM ${quoteIdentifier(role)}${
    version >= ADMIN_OPTION_VERSION
      ? ` GRANTED BY ${quoteIdentifier(grantor)}`
      : ''
  }`;
