import type { DesiredDatabase } from './desired';
import type { Finding, Remedy } from './finding';
import { explainHarm } from './harmfulSettings';
import { isMaster, ObservedRole, ObservedServer } from './observation';
import type { ObservedDatabase } from './observation';
import { quoteIdentifier } from './postgres/sql';
import type { ObservedSetting, Undeclared } from './undeclared';

interface Around {
  /** Schemas in which the role may create; undefined if nobody looked. */
  creatable?: readonly string[];
  /** Whether its login failed for a library that it loads. */
  missesLibrary?: boolean;
  server: ObservedServer;
  role: ObservedRole | undefined;
  database: ObservedDatabase | undefined;
}

/** PostgreSQL takes the first of these that sets a parameter (docs, ALTER ROLE). */
const precedence = ({ role, database }: ObservedSetting): number => {
  if (role !== null) return database !== null ? 0 : 1;
  return database !== null ? 2 : 3;
};

/** The settings with which the sessions of this role in this database begin, first those that win. */
export const listSettings = (
  { username, databaseName }: DesiredDatabase,
  { settings }: Pick<Undeclared, 'settings'>,
): ObservedSetting[] =>
  settings
    .filter(
      ({ role, database }) =>
        (role === null || role === username) &&
        (database === null || database === databaseName),
    )
    .sort((one, other) => precedence(one) - precedence(other));

/**
 * Finds settings of role and database. Those with which an app can't work are drift unless another one wins. Settings of
 * all roles and of the instance are found only then.
 */
export const findSettings = (
  desired: DesiredDatabase,
  undeclared: Pick<Undeclared, 'settings' | 'instanceSettings'>,
  around: Around,
): Finding[] => {
  const { creatable, missesLibrary } = around;
  const session = { ...desired, creatable, missesLibrary };
  const winners = new Set<string>();
  const findings: Finding[] = [];
  for (const setting of listSettings(desired, undeclared)) {
    const harm = explainHarm(setting, session);
    const counts = harm !== undefined && !winners.has(setting.name);
    if (harm === undefined) winners.add(setting.name);
    if (counts || precedence(setting) < 3) {
      findings.push({
        kind: counts ? 'drift' : 'told',
        text: `${describeSetting(setting)}${
          counts ? `: ${harm}` : ', not declared'
        }.`,
        remedy: {
          role: findRunner(setting, desired, around),
          database: 'postgres',
          sql: resetSql(setting),
        },
      });
    }
  }
  for (const setting of undeclared.instanceSettings) {
    const harm = explainHarm(setting, session);
    if (
      harm !== undefined &&
      !winners.has(setting.name) &&
      !isDefaultSearchPath(setting)
    ) {
      findings.push({
        kind: 'drift',
        text: `The instance has ${setting.name} = ${setting.value}: ${harm}. Change it in the instance's parameter group.`,
      });
    }
  }
  return findings;
};

/** PostgreSQL's own: what is wrong with it is not the setting. */
const isDefaultSearchPath = (setting: { name: string; value: string }) =>
  setting.name === 'search_path' && setting.value === '"$user", public';

/** Whether its sessions look for objects where PostgreSQL looks by default. */
export const hasDefaultSearchPath = (
  desired: DesiredDatabase,
  undeclared: Pick<Undeclared, 'settings' | 'instanceSettings'>,
): boolean =>
  !listSettings(desired, undeclared).some(
    ({ name }) => name === 'search_path',
  ) &&
  undeclared.instanceSettings
    .filter(({ name }) => name === 'search_path')
    .every(isDefaultSearchPath);

/** A parameter of one's own (`app.jwt_secret`) may hold a secret: its value is not printed. */
const printValue = ({ name, value }: ObservedSetting): string =>
  name.includes('.') ? name : `${name} = ${value === '' ? "''" : value}`;

const describeSetting = (setting: ObservedSetting): string => {
  const { role, database } = setting;
  const where = [
    ...(role === null && database === null ? ['Every role'] : []),
    ...(role === null ? [] : [`Role ${role}`]),
    ...(database === null
      ? []
      : [`${role === null ? 'Database' : 'in database'} ${database}`]),
  ].join(' ');
  return `${where} has the setting ${printValue(setting)}`;
};

const resetSql = ({ role, database, name }: ObservedSetting): string => {
  const parameter = name.split('.').map(quoteParameter).join('.');
  if (role === null && database !== null)
    return `ALTER DATABASE ${quoteIdentifier(database)} RESET ${parameter};`;
  return `ALTER ROLE ${role === null ? 'ALL' : quoteIdentifier(role)}${
    database === null ? '' : ` IN DATABASE ${quoteIdentifier(database)}`
  } RESET ${parameter};`;
};

const quoteParameter = (part: string): string =>
  /^[a-z_][a-z0-9_]*$/.test(part) && part !== 'role' && part !== 'all'
    ? part
    : quoteIdentifier(part);

/** Who may reset it: for ordinary parameters who may alter the role or database, else who may set the parameter. */
const findRunner = (
  setting: ObservedSetting,
  { username }: DesiredDatabase,
  { server, role, database }: Around,
): Remedy['role'] => {
  const { isUserSetting, isOursToSet } = setting;
  const master = isMaster(server) ? server.currentUser : undefined;
  if (setting.role === null && setting.database === null)
    return server.superuser;
  if (setting.role !== null) {
    if (master && role?.isOursToAlter && (isUserSetting || isOursToSet))
      return master;
    return isUserSetting ? username : server.superuser;
  }
  const isOurs = role?.isOursToActAs || database?.owner === master;
  if (master && isOurs && (isUserSetting || isOursToSet)) return master;
  return isUserSetting ? database?.owner ?? username : server.superuser;
};
