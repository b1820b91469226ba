import type { Change } from './change';
import { findCloneSettings } from './cloneSettings';
import { CloneMembership, nameClone, ObservedClone } from './clone';
import type { DesiredDatabase } from './desired';
import type { Finding } from './finding';
import { parseMark } from './mark';
import {
  ADMIN_OPTION_VERSION,
  LoginResult,
  majorVersion,
  ObservedServer,
} from './observation';
import {
  describeDiffering,
  explainNewPassword,
  findDifferingAttributes,
} from './planRole';
import { quoteIdentifier, revokeMembershipSql } from './postgres/sql';

export const isCloneCurrent = ({
  login,
  username,
}: Pick<DesiredDatabase, 'login' | 'username'>): boolean => login !== username;

/** Whether a rotation with this entry's secret made the role. */
export const isCloneOf = (
  { username, secret }: Pick<DesiredDatabase, 'username' | 'secret'>,
  clone: Pick<ObservedClone, 'comment'>,
): boolean => {
  const mark = parseMark(clone.comment);
  return mark?.path === secret.path && mark.cloneOf === username;
};

/**
 * Plans the second login of an entry. A rotation creates it; a run creates it only where the secret names it.
 * @param isDeclared - whether an entry declares a role of that name as its own
 */
export const planClone = (
  desired: DesiredDatabase,
  clone: ObservedClone | undefined,
  login: LoginResult | undefined,
  { server, isDeclared }: { server: ObservedServer; isDeclared: boolean },
): { changes: Change[]; findings: Finding[] } => {
  const isCurrent = isCloneCurrent(desired);
  if (isDeclared || (!clone && !isCurrent))
    return { changes: [], findings: [] };
  if (!clone) return { changes: createClone(desired), findings: [] };
  if (!isCurrent && !isCloneOf(desired, clone))
    return { changes: [], findings: [findUnmanaged(desired, clone, server)] };
  const memberships = planCloneMemberships(desired, clone, server);
  return {
    changes: [
      ...planAttributes(desired, clone),
      ...(isCurrent ? planPassword(desired, clone, login) : []),
      ...memberships.changes,
      ...(beginsAsOwner(desired, clone)
        ? []
        : [becomeOwner(desired, 'its sessions begin as itself')]),
      ...planMark(desired, clone, isCurrent),
    ],
    findings: [
      ...memberships.findings,
      ...findMembers(clone, server),
      ...findCloneSettings(desired, clone, server),
      ...findOwned(desired, clone),
    ],
  };
};

const markOf = ({ username, secret }: DesiredDatabase) => ({
  ...secret,
  cloneOf: username,
});

const createClone = (desired: DesiredDatabase): Change[] => {
  const { username, connectionLimit } = desired;
  const role = nameClone(username);
  return [
    {
      kind: 'create clone',
      role,
      connectionLimit,
      reason: 'the login does not exist',
    },
    joinOwner(desired, 'the login is new'),
    becomeOwner(desired, 'the login is new'),
    {
      kind: 'mark role',
      role,
      mark: markOf(desired),
      reason: 'the login is new',
    },
  ];
};

const joinOwner = ({ username }: DesiredDatabase, reason: string): Change => ({
  kind: 'join owner',
  role: nameClone(username),
  of: username,
  reason,
});

const becomeOwner = (
  { username }: DesiredDatabase,
  reason: string,
): Change => ({
  kind: 'become owner',
  role: nameClone(username),
  of: username,
  reason,
});

const planAttributes = (
  { connectionLimit }: DesiredDatabase,
  clone: ObservedClone,
): Change[] => {
  const attributes = findDifferingAttributes(clone, {
    createdb: false,
    connectionLimit,
  });
  return Object.keys(attributes).length === 0
    ? []
    : [
        {
          kind: 'alter role',
          role: clone.name,
          attributes,
          reason: `it has ${describeDiffering(clone, attributes).join(', ')}`,
        },
      ];
};

const planPassword = (
  { secret }: DesiredDatabase,
  clone: ObservedClone,
  login: LoginResult | undefined,
): Change[] => {
  const reason = explainNewPassword(clone, secret, login);
  return reason ? [{ kind: 'set password', role: clone.name, reason }] : [];
};

const planMark = (
  desired: DesiredDatabase,
  clone: ObservedClone,
  isCurrent: boolean,
): Change[] => {
  const mark = markOf(desired);
  if (!isCloneOf(desired, clone))
    return [
      {
        kind: 'adopt role',
        role: clone.name,
        mark,
        reason: 'it was not managed',
      },
    ];
  return isCurrent &&
    parseMark(clone.comment)?.versionId !== desired.secret.versionId
    ? [
        {
          kind: 'mark role',
          role: clone.name,
          mark,
          reason: 'the secret has a new version',
        },
      ]
    : [];
};

/** It is a member of its owner alone, without ADMIN OPTION. */
const planCloneMemberships = (
  desired: DesiredDatabase,
  clone: ObservedClone,
  server: ObservedServer,
): { changes: Change[]; findings: Finding[] } => {
  const isProper = ({ role, isAdmin }: CloneMembership) =>
    role === desired.username && !isAdmin;
  const others = clone.memberOf.filter(one => !isProper(one));
  const isJoined = clone.memberOf.some(
    one =>
      (isProper(one) || !one.isOursToEnd) &&
      one.role === desired.username &&
      one.inherits &&
      one.maySetRole,
  );
  return {
    changes: [
      ...others
        .filter(({ isOursToEnd }) => isOursToEnd)
        .map(
          ({ role: of, grantor }): Change => ({
            kind: 'revoke membership',
            role: clone.name,
            of,
            grantor,
            taken: [],
            reason: `granted by ${grantor}; a second login is only a member of its owner role, without ADMIN OPTION`,
          }),
        ),
      ...(isJoined
        ? []
        : [
            joinOwner(
              desired,
              'it is no member that inherits and may SET ROLE',
            ),
          ]),
    ],
    findings: others
      .filter(({ isOursToEnd }) => !isOursToEnd)
      .map(({ role: of, grantor, isAdmin }) => ({
        kind: 'drift',
        text: `Role ${clone.name}, the second login of ${
          desired.username
        }, is a member of ${of}${
          isAdmin ? ' with ADMIN OPTION' : ''
        }, granted by ${grantor}.`,
        remedy: {
          role:
            majorVersion(server) >= ADMIN_OPTION_VERSION
              ? grantor
              : server.superuser,
          database: 'postgres',
          sql: `${revokeMembershipSql(
            { role: clone.name, of, grantor, taken: [] },
            majorVersion(server),
          )};`,
        },
      })),
  };
};

/** Sets for all databases; what is set for one wins there, and is found by itself. */
const beginsAsOwner = (
  { username }: DesiredDatabase,
  { settings }: ObservedClone,
): boolean =>
  settings.some(
    ({ database, name, value }) =>
      database === null && name === 'role' && value === username,
  );

const findMembers = (
  { name, members }: ObservedClone,
  server: ObservedServer,
): Finding[] =>
  members.map(member => ({
    kind: 'isolation',
    text: `Role ${member} is a member of ${name}, a second login.`,
    remedy: {
      role: server.currentUser,
      database: 'postgres',
      sql: `REVOKE ${quoteIdentifier(name)} FROM ${quoteIdentifier(member)};`,
    },
  }));

/** The other login can't use them: they are lost to the app with the next rotation. */
const findOwned = (
  { username }: DesiredDatabase,
  { name, owns }: ObservedClone,
): Finding[] =>
  owns.map(({ database, count }): Finding => {
    const text = `Role ${name}, the second login of ${username}, owns ${count} ${
      count === 1 ? 'object' : 'objects'
    } ${
      database === null ? 'that databases share' : `in database ${database}`
    }, as after SET ROLE NONE. The other login can't use them.`;
    return database === null
      ? { kind: 'drift', text }
      : {
          kind: 'drift',
          text,
          remedy: {
            role: name,
            database,
            sql: `SET ROLE NONE; REASSIGN OWNED BY ${quoteIdentifier(
              name,
            )} TO ${quoteIdentifier(username)};`,
          },
        };
  });

const findUnmanaged = (
  { username, secret }: DesiredDatabase,
  clone: ObservedClone,
  server: ObservedServer,
): Finding => {
  const memberships = clone.memberOf.filter(({ role }) => role === username);
  const text = `Role ${clone.name} has the name of the second login of ${username}, but no mark of secret ${secret.path}: a rotation refuses it.`;
  return memberships.length === 0
    ? { kind: 'told', text }
    : {
        kind: 'isolation',
        text: `${text} It is a member of ${username}.`,
        remedy: {
          role: memberships[0].isOursToEnd
            ? server.currentUser
            : memberships[0].grantor,
          database: 'postgres',
          sql: memberships
            .map(
              ({ grantor }) =>
                `${revokeMembershipSql(
                  { role: clone.name, of: username, grantor, taken: [] },
                  majorVersion(server),
                )};`,
            )
            .join(' '),
        },
      };
};
