import type { Entity } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import {
  environmentNameProblem,
  InfraSettings,
  parseDeclared,
  toRequestFields,
} from '@goldenpath/plugin-golden-path-common';
import type { Catalog } from '@goldenpath/plugin-golden-path-node';
import { databaseEntity, EntityContext, instanceEntity } from './entities';
import type { LastRun } from './lastRuns';

/** Problems printed; of the rest only the number is. */
const SHOWN = 5;

/**
 * The entities of the whole infra repo: an instance for each environment, then every database.
 * @param runs - the last run of each database, by environment and database name
 * @throws InputError with the entries that are invalid: the file is broken then, and nothing of it is taken
 */
export const listEntities = (
  catalog: Catalog,
  { environments }: InfraSettings,
  runs: ReadonlyMap<string, ReadonlyMap<string, LastRun>>,
  context: EntityContext,
): Entity[] => {
  const problems = Object.keys(catalog).flatMap(environment => {
    const problem = environmentNameProblem(environment);
    return problem
      ? [`databases.${JSON.stringify(environment)}: ${problem}`]
      : [];
  });
  const databases = Object.entries(catalog).flatMap(([environment, entries]) =>
    Object.entries(entries).map(([databaseName, entry]) => {
      const key = { environment, databaseName };
      const parsed = parseDeclared(toRequestFields(key, entry));
      if ('problems' in parsed) {
        problems.push(
          ...parsed.problems.map(
            ({ message }) =>
              `databases.${environment}.${JSON.stringify(
                databaseName,
              )}: ${message}`,
          ),
        );
      }
      return databaseEntity(
        key,
        entry,
        runs.get(environment)?.get(databaseName),
        context,
      );
    }),
  );
  if (problems.length > 0) {
    throw new InputError(
      [
        `${context.catalogPath}:`,
        ...problems.slice(0, SHOWN),
        ...(problems.length > SHOWN
          ? [`${problems.length - SHOWN} more problems.`]
          : []),
      ].join('\n'),
    );
  }
  const named = new Set([...environments, ...Object.keys(catalog)]);
  return [
    ...[...named].map(environment => instanceEntity(environment, context)),
    ...databases,
  ];
};
