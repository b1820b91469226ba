import type { DesiredDatabase } from './desired';
import type { Finding } from './finding';
import type { ObservedServer } from './observation';
import { quoteIdentifier } from './postgres/sql';
import { count } from './report';
import type { ObjectCount } from './undeclared';

/** Describes objects in the database that don't belong to its owner, one finding for each of their owners. */
export const findOwners = (
  { databaseName, username }: DesiredDatabase,
  owners: readonly ObjectCount[],
  server: ObservedServer,
): Finding[] => {
  const byOwner = new Map<string, ObjectCount[]>();
  for (const counted of owners) {
    if (counted.database === databaseName && counted.owner !== username) {
      byOwner.set(counted.owner, [
        ...(byOwner.get(counted.owner) ?? []),
        counted,
      ]);
    }
  }
  return [...byOwner].map(([owner, counts]): Finding => {
    const text = `In database ${databaseName} ${printCounts(
      counts,
    )} belong to ${owner}, not to ${username}.`;
    if (counts[0].isFormerOwner)
      return { kind: 'told', text: `${text} A run with --adopt moves them.` };
    return {
      kind: 'told',
      text: `${text} To move them with --adopt, grant ${owner} to the master first.`,
      remedy: {
        role: counts[0].isOursToGrant ? server.currentUser : server.superuser,
        database: 'postgres',
        sql: `GRANT ${quoteIdentifier(owner)} TO ${quoteIdentifier(
          server.currentUser,
        )};`,
      },
    };
  });
};

/** `2 tables, 1 schema`. */
export const printCounts = (
  counts: ReadonlyArray<Pick<ObjectCount, 'kind' | 'count'>>,
): string => counts.map(({ kind, count: number }) => count(number, kind)).join(', ');
