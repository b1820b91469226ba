import { Change, RoleAttributes } from './change';
import type { DesiredDatabase } from './desired';
import { parseMark, SecretVersion } from './mark';
import type { LoginResult, ObservedRole } from './observation';

/** Plans the role itself; its memberships are planned by `planMemberships`. */
export const planRole = (
  {
    username,
    login: current,
    createdb,
    connectionLimit,
    secret,
  }: DesiredDatabase,
  role: ObservedRole | undefined,
  login: LoginResult | undefined,
): Change[] => {
  const isCurrent = current === username;
  if (!role) {
    return [
      {
        kind: 'create role',
        role: username,
        createdb,
        connectionLimit,
        ...(isCurrent ? {} : { isWithoutPassword: true as const }),
        reason: 'the role does not exist',
      },
      {
        kind: 'mark role',
        role: username,
        mark: secret,
        reason: 'the role is new',
      },
    ];
  }
  const mark = parseMark(role.comment);
  const attributes = findDifferingAttributes(role, {
    createdb,
    connectionLimit,
  });
  const passwordReason = isCurrent
    ? explainNewPassword(role, secret, login)
    : undefined;
  const changes: Change[] = [];
  if (Object.keys(attributes).length > 0) {
    changes.push({
      kind: 'alter role',
      role: username,
      attributes,
      reason: `it has ${describeDiffering(role, attributes).join(', ')}`,
    });
  }
  if (passwordReason) {
    changes.push({
      kind: 'set password',
      role: username,
      reason: passwordReason,
    });
  }
  if (mark?.path !== secret.path) {
    changes.push({
      kind: 'adopt role',
      role: username,
      mark: secret,
      reason: mark
        ? `it was managed by secret ${mark.path}`
        : 'it was not managed',
    });
  } else if (isCurrent && mark.versionId !== secret.versionId) {
    changes.push({
      kind: 'mark role',
      role: username,
      mark: secret,
      reason: 'the secret has a new version',
    });
  }
  return changes;
};

/** Explains why the current login gets a password; undefined if it has the right one. */
export const explainNewPassword = (
  role: Pick<ObservedRole, 'comment' | 'canLogin' | 'expires'>,
  secret: SecretVersion,
  login: LoginResult | undefined,
): string | undefined => {
  const mark = parseMark(role.comment);
  if (mark?.path !== secret.path) return 'the role is adopted';
  if (mark.versionId !== secret.versionId)
    return `the secret has version ${secret.versionId}, the role has the password of ${mark.versionId}`;
  if (login?.outcome === 'wrong password') return 'the login failed';
  if (!role.canLogin || role.expires)
    return 'the role could not log in, so its password is not checked';
  return undefined;
};

type Attributes = Pick<
  ObservedRole,
  | 'canLogin'
  | 'createdb'
  | 'createrole'
  | 'inherits'
  | 'connectionLimit'
  | 'expires'
>;

export const findDifferingAttributes = (
  role: Attributes,
  desired: { createdb: boolean; connectionLimit: number },
): RoleAttributes => ({
  ...(role.canLogin ? {} : { login: true }),
  ...(role.createdb === desired.createdb ? {} : { createdb: desired.createdb }),
  ...(role.createrole ? { createrole: false } : {}),
  ...(role.inherits ? {} : { inherit: true }),
  ...(role.connectionLimit === desired.connectionLimit
    ? {}
    : { connectionLimit: desired.connectionLimit }),
  ...(role.expires ? { validUntil: 'infinity' } : {}),
});

/** The attributes as they are. */
export const describeDiffering = (
  role: Attributes,
  {
    login,
    createdb,
    createrole,
    inherit,
    connectionLimit,
    validUntil,
  }: RoleAttributes,
): string[] => [
  ...(login ? ['NOLOGIN'] : []),
  ...(createdb === undefined
    ? []
    : [role.createdb ? 'CREATEDB' : 'NOCREATEDB']),
  ...(createrole === undefined ? [] : ['CREATEROLE']),
  ...(inherit ? ['NOINHERIT'] : []),
  ...(connectionLimit === undefined
    ? []
    : [`CONNECTION LIMIT ${role.connectionLimit}`]),
  ...(validUntil ? ['a password that expires'] : []),
];
