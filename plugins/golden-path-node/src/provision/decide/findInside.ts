import type { DesiredDatabase } from './desired';
import type { Finding } from './finding';
import type { DefaultPrivileges, SeenInside } from './inside';
import { quoteIdentifier } from './postgres/sql';

/**
 * Finds what only a look inside the database shows: default privileges.
 * @param clone the name of the owner's second login
 */
export const findDefaultPrivileges = (
  { databaseName, username }: DesiredDatabase,
  defaults: readonly DefaultPrivileges[],
  { master, clone }: { master: string; clone: string | undefined },
): Finding[] =>
  defaults.flatMap(found => {
    const { role, objects, grants, withheld } = found;
    const scope = `In database ${databaseName} default privileges${
      found.schema === null ? '' : ` in schema ${found.schema}`
    } for what ${role} creates`;
    const statement = (verb: string) =>
      `ALTER DEFAULT PRIVILEGES FOR ROLE ${quoteIdentifier(role)}${
        found.schema === null
          ? ''
          : ` IN SCHEMA ${quoteIdentifier(found.schema)}`
      } ${verb};`;
    const remedy = (verb: string) => ({
      role,
      database: databaseName,
      sql: statement(verb),
    });
    return [
      ...grants
        .filter(({ grantee }) => grantee === null || grantee !== clone)
        .map(({ grantee, privileges }): Finding => {
          const names = privileges.join(', ');
          return {
            kind:
              role === username && grantee !== master ? 'isolation' : 'told',
            text: `${scope} give ${names} on ${objects} to ${
              grantee ?? 'PUBLIC'
            }.`,
            remedy: remedy(
              `REVOKE ${names} ON ${objects} FROM ${
                grantee === null ? 'PUBLIC' : quoteIdentifier(grantee)
              }`,
            ),
          };
        }),
      ...(withheld.length > 0
        ? [
            {
              kind: role === username ? ('drift' as const) : ('told' as const),
              text: `${scope} withhold ${withheld.join(
                ', ',
              )} on ${objects} from ${role} itself.`,
              remedy: remedy(
                `GRANT ${withheld.join(
                  ', ',
                )} ON ${objects} TO ${quoteIdentifier(role)}`,
              ),
            },
          ]
        : []),
    ];
  });

/** Finds a database in which the app can create nothing although no setting says so. */
export const findMissingSchema = (
  { databaseName, username }: DesiredDatabase,
  { creatable, publicOwner }: SeenInside,
): Finding[] => {
  if (creatable.includes('public') || creatable.includes(username)) return [];
  const hasPublic = publicOwner !== undefined;
  // An app that has deleted schema public for one of its own names that in its statements.
  if (!hasPublic && creatable.length > 0) return [];
  // Another owner is a finding of its own.
  if (hasPublic && !['pg_database_owner', username].includes(publicOwner))
    return [];
  return [
    {
      kind: 'drift',
      text: `In database ${databaseName} ${username} can create nothing: ${
        hasPublic
          ? 'it lacks USAGE or CREATE on schema public'
          : 'there is no schema public'
      }.`,
      remedy: {
        role: username,
        database: databaseName,
        sql: hasPublic
          ? `GRANT USAGE, CREATE ON SCHEMA public TO ${quoteIdentifier(
              publicOwner,
            )};`
          : 'CREATE SCHEMA public;',
      },
    },
  ];
};
