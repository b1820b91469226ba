import type { DesiredDatabase } from './desired';
import type { Remedy } from './finding';
import { parseMark } from './mark';
import {
  ADMIN_OPTION_VERSION,
  majorVersion,
  ObservedDatabase,
  ObservedRole,
  ObservedServer,
} from './observation';
import type { PlannedMemberships } from './planMemberships';
import type { ObjectsUnseen } from './planObjects';
import { quoteIdentifier, revokeMembershipSql } from './postgres/sql';

/** Why nothing of a database is changed, and the statements that end it. */
export interface Refusal {
  refusal: string;
  remedies: Remedy[];
}

export interface PlanOptions {
  /** Take over unmanaged roles, and databases that they or the master own. */
  adopt: boolean;
  /** What breaks isolation is drift. */
  strict: boolean;
}

export const findRoleRefusal = (
  { username, secret }: DesiredDatabase,
  role: ObservedRole | undefined,
  server: ObservedServer,
  { adopt }: Pick<PlanOptions, 'adopt'>,
): Refusal | undefined => {
  if (!role) return undefined;
  if (role.powers.length > 0) {
    const sql = `ALTER ROLE ${quoteIdentifier(username)} ${role.powers
      .map(power => `NO${power}`)
      .join(' ')};`;
    return {
      refusal: `Role ${username} has ${role.powers.join(
        ' and ',
      )}, not allowed for an app role. A superuser must run: ${sql} Or choose another database user.`,
      remedies: [{ role: server.superuser, database: 'postgres', sql }],
    };
  }
  const mark = parseMark(role.comment);
  if (!mark && !adopt) {
    return refuse(
      `Role ${username} exists and is not managed by goldenpath-rds. Choose another database user, or take it over with --adopt.`,
    );
  }
  if (mark && mark.path !== secret.path && !adopt) {
    return refuse(
      `Role ${username} is managed by secret ${mark.path}, not by this entry's secret ${secret.path}. Choose another database user, or take it over with --adopt.`,
    );
  }
  return undefined;
};

/** All at once: each statement would otherwise be told only after the one before it was run. */
export const joinRefusals = (refusals: readonly Refusal[]): Refusal => ({
  refusal: refusals.map(({ refusal }) => refusal).join(' '),
  remedies: refusals.flatMap(({ remedies }) => remedies),
});

const refuse = (refusal: string): Refusal => ({ refusal, remedies: [] });

export const findDatabaseRefusal = (
  { databaseName, username }: DesiredDatabase,
  database: ObservedDatabase | undefined,
  server: ObservedServer,
  { adopt }: Pick<PlanOptions, 'adopt'>,
): Refusal | undefined => {
  if (!database) return undefined;
  const { owner, encoding } = database;
  const isOwnedByMaster = owner === server.currentUser;
  if (owner !== username && !isOwnedByMaster) {
    return {
      refusal: `Database ${databaseName} belongs to ${owner}, not to ${username}. Choose another database name. To take this one over, give it to the master first: GRANT ${quoteIdentifier(
        owner,
      )} TO CURRENT_USER; ALTER DATABASE ${quoteIdentifier(
        databaseName,
      )} OWNER TO CURRENT_USER; then run again with --adopt.`,
      // A superuser needs no membership.
      remedies: [
        {
          role: server.superuser,
          database: 'postgres',
          sql: `ALTER DATABASE ${quoteIdentifier(
            databaseName,
          )} OWNER TO ${quoteIdentifier(server.currentUser)};`,
        },
      ],
    };
  }
  if (isOwnedByMaster && !adopt) {
    return refuse(
      `Database ${databaseName} exists and belongs to the master, ${owner}. Choose another database name, or take it over with --adopt.`,
    );
  }
  if (encoding !== 'UTF8') {
    return refuse(
      `Database ${databaseName} has encoding ${encoding}, and PostgreSQL can't change it to UTF8. Dump it and restore it to a new database.`,
    );
  }
  return undefined;
};

/** --adopt changes nothing of a database inside which the master could not look. */
export const refuseUnseen = (
  { databaseName, username }: DesiredDatabase,
  database: ObservedDatabase | undefined,
  { problem, isDenied }: ObjectsUnseen,
  { currentUser }: ObservedServer,
): Refusal => {
  const refusal = `The master can't look inside database ${databaseName} for objects to adopt: ${problem}`;
  if (!isDenied) return refuse(`${refusal}.`);
  const role = database?.owner ?? username;
  const sql = `GRANT CONNECT ON DATABASE ${quoteIdentifier(
    databaseName,
  )} TO ${quoteIdentifier(currentUser)};`;
  return {
    refusal: `${refusal}. Its owner, ${role}, can run: ${sql}`,
    remedies: [{ role, database: 'postgres', sql }],
  };
};

export const refuseWithoutAdminOption = (
  { name }: { name: string },
  server: ObservedServer,
): Refusal => {
  if (majorVersion(server) < ADMIN_OPTION_VERSION) {
    return {
      refusal: `${server.currentUser} may not change role ${name}: CREATEROLE is required.`,
      remedies: [],
    };
  }
  const sql = `GRANT ${quoteIdentifier(name)} TO ${quoteIdentifier(
    server.currentUser,
  )} WITH ADMIN OPTION;`;
  return {
    refusal: `Role ${name} has another creator, and ${server.currentUser} has no ADMIN OPTION on it. Its creator or a superuser must run: ${sql}`,
    remedies: [{ role: server.superuser, database: 'postgres', sql }],
  };
};

/** Longest list of memberships in one message; the statement ends all of them. */
const LISTED = 20;

const listSome = (words: readonly string[]): string =>
  words.length > LISTED
    ? `${words.slice(0, LISTED).join('; ')}; and ${words.length - LISTED} more`
    : words.join('; ');

/**
 * Memberships that the master may not revoke. They are never left: membership in this role would also give the master
 * rds_iam, for example, and end its password login.
 */
export const refuseForeignMemberships = (
  name: string,
  foreign: PlannedMemberships['foreign'],
  server: ObservedServer,
): Refusal => {
  const version = majorVersion(server);
  const remedies = foreign.map(
    ({ membership: { role: of, grantor }, taken }) => ({
      // Before 16 the grantor is only a note; a superuser may revoke what a role with CREATEROLE may not.
      role: version >= ADMIN_OPTION_VERSION ? grantor : server.superuser,
      database: 'postgres',
      sql: `${revokeMembershipSql(
        { role: name, of, grantor, taken },
        version,
      )};`,
    }),
  );
  return {
    refusal: foreign
      .map(
        ({ membership: { role: of, grantor }, taken }, index) =>
          `Role ${name} is a member of ${of}, granted by ${grantor}, and ${
            server.currentUser
          } may not revoke it. ${
            taken.length > 0 ? `What depends on it: ${listSome(taken)}. ` : ''
          }The grantor or a superuser must run: ${remedies[index].sql}`,
      )
      .join(' '),
    remedies,
  };
};
