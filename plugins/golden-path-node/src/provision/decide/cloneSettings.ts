import type { CloneSetting, ObservedClone } from './clone';
import type { DesiredDatabase } from './desired';
import type { Finding } from './finding';
import { explainHarm } from './harmfulSettings';
import type { ObservedServer } from './observation';
import { quoteIdentifier } from './postgres/sql';

/** Its settings besides `role` for all databases, which a run and a rotation repair. */
export const listCloneSettings = ({
  settings,
}: Pick<ObservedClone, 'settings'>): CloneSetting[] =>
  settings.filter(({ database, name }) => database !== null || name !== 'role');

/** Finds what it begins with besides `role`. A rotation refuses all of it: the other login doesn't begin with it. */
export const findCloneSettings = (
  { username, databaseName }: DesiredDatabase,
  clone: ObservedClone,
  server: ObservedServer,
): Finding[] =>
  listCloneSettings(clone).map((setting): Finding => {
    const harm = [null, databaseName].includes(setting.database)
      ? explainCloneSetting(setting, username)
      : undefined;
    return {
      kind: harm === undefined ? 'told' : 'drift',
      text: `Role ${clone.name}${
        setting.database === null ? '' : ` in database ${setting.database}`
      } has the setting ${setting.name}${
        harm === undefined
          ? ', not declared: a rotation refuses it'
          : `: ${harm}`
      }.`,
      remedy: {
        role: setting.isOursToReset ? server.currentUser : server.superuser,
        database: 'postgres',
        sql: resetCloneSettingSql(clone.name, setting),
      },
    };
  });

const explainCloneSetting = (
  setting: CloneSetting,
  username: string,
): string | undefined =>
  setting.name === 'role' && setting.value !== username
    ? "what they create is not the owner role's"
    : explainHarm(setting, { username });

/** The statement, to be run by a person, that resets a setting of the second login. */
export const resetCloneSettingSql = (
  role: string,
  { database, name }: CloneSetting,
): string =>
  `ALTER ROLE ${quoteIdentifier(role)}${
    database === null ? '' : ` IN DATABASE ${quoteIdentifier(database)}`
  } RESET ${quoteIdentifier(name)};`;
