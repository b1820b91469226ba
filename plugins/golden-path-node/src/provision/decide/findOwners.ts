import type { DesiredDatabase } from './desired';
import type { Finding } from './finding';
import { isMaster, ObservedServer } from './observation';
import { printCounts } from './ownedObject';
import { quoteIdentifier } from './postgres/sql';
import type { ObjectCount } from './undeclared';

/** Kinds that keep their owner: it must be a superuser, or ALTER … OWNER TO doesn't exist. Apps use them all the same. */
const KEPT = ['extension', 'event trigger', 'foreign-data wrapper'];

export const mayGoOver = ({ kind, isFormerOwner }: ObjectCount): boolean =>
  isFormerOwner && !KEPT.includes(kind);

/** Describes objects in the database that don't belong to its owner, one finding for each of their owners. */
export const findOwners = (
  { databaseName, username }: DesiredDatabase,
  owners: readonly ObjectCount[],
  server: ObservedServer,
): Finding[] => {
  const foreign = owners.filter(
    ({ database, owner }) => database === databaseName && owner !== username,
  );
  return [...new Set(foreign.map(({ owner }) => owner))].map(
    (owner): Finding => {
      const counts = foreign.filter(one => one.owner === owner);
      const text = `In database ${databaseName} another role, ${owner}, owns ${printCounts(
        counts,
      )}.`;
      if (counts.some(mayGoOver))
        return { kind: 'told', text: `${text} --adopt moves them.` };
      if (counts.every(({ kind }) => KEPT.includes(kind)))
        return {
          kind: 'told',
          text: `${text} Apps may use them all the same.`,
        };
      if (counts[0].isFormerOwner) return { kind: 'told', text };
      if (!isMaster(server)) return { kind: 'told', text };
      if (counts[0].isNeverGranted)
        return {
          kind: 'told',
          text: `${text} --adopt doesn't move what belongs to a superuser or to another app's role.`,
        };
      return {
        kind: 'told',
        text: `${text} --adopt moves them once ${owner} is granted to the master.`,
        remedy: {
          role: counts[0].isOursToGrant ? server.currentUser : server.superuser,
          database: 'postgres',
          sql: `GRANT ${quoteIdentifier(owner)} TO ${quoteIdentifier(
            server.currentUser,
          )};`,
        },
      };
    },
  );
};
