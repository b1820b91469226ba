import { formatOwnerRef } from '@goldenpath/plugin-golden-path-common';
import { listUsage } from '@goldenpath/plugin-golden-path-node';
import { DeclaredInCatalog } from './readDatabase';
import { Usage } from './readUsage';

/** Prints who depends on a database, its size and its connections, as Markdown. */
export const printInspection = (
  database: DeclaredInCatalog,
  usage: Usage,
): string => {
  const { environment, databaseName, component, username } = database;
  return [
    `Database \`${databaseName}\` of ${environment}, of app \`${component}\` and ${formatOwnerRef(
      database.owner,
    )}. Its role is \`${username}\`.`,
    `**Who depends on it**\n\n${printDependants(database.dependants)}`,
    `**Size and connections**\n\n${
      'unknown' in usage
        ? printUnknown(database, usage.unknown)
        : printList(
            listUsage(usage).map(([name, value]) => `${name}: ${code(value)}`),
          )
    }`,
  ].join('\n\n');
};

/** Leaves out which applications are connected: the number by role is enough to decide. */
export const countByRole = (usage: Usage): Usage => {
  if ('unknown' in usage) return usage;
  const counts = new Map<string, number>();
  for (const { role, count } of usage.sessions)
    counts.set(role, (counts.get(role) ?? 0) + count);
  return {
    ...usage,
    sessions: [...counts].map(([role, count]) => ({
      role,
      application: '',
      count,
    })),
  };
};

/** Leaves out who is connected. */
export const withoutRoles = (usage: Usage): Usage =>
  'unknown' in usage ? usage : { ...usage, sessions: [] };

const printDependants = (dependants: readonly string[]): string =>
  dependants.length === 0
    ? 'No entity of the catalog.'
    : printList(dependants.map(code));

const printUnknown = (
  { environment, databaseName }: DeclaredInCatalog,
  why: string,
): string =>
  `Not seen: ${why} A person with access to the instance sees them with \`goldenpath-rds usage --env ${environment} --database ${databaseName}\`.`;

const printList = (lines: readonly string[]) =>
  lines.map(line => `- ${line}`).join('\n');

/** The names of apps are theirs to set: as code, on one line. */
const code = (value: string) => `\`${value.replace(/[`\s]+/g, ' ')}\``;
