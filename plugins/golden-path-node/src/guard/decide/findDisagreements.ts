import { secretName } from '@goldenpath/plugin-golden-path-common';
import {
  DeclaredDatabases,
  differencesBetween,
  Finding,
  idOf,
  getTfvarsKey,
  named,
  show,
  TfvarsDatabase,
} from './declaredDatabases';

/** Checks that both files declare the same databases, with the same role and with the secret that Terraform creates. */
export const findDisagreements = (
  { catalogPath, catalog, tfvars }: DeclaredDatabases,
  secretPrefix: string | undefined,
): Finding[] => {
  const inCatalog = new Map(catalog.map(found => [idOf(found), found]));
  const inTfvars = new Map(
    tfvars.map(found => [idOf(getTfvarsKey(found)), found]),
  );
  return [
    ...tfvars.flatMap(found => {
      const { environment, path, entry } = found;
      const { line } = entry;
      const key = getTfvarsKey(found);
      const listed = inCatalog.get(idOf(key));
      if (!listed) {
        const message = `${named(
          key,
        )} is not in ${catalogPath}; add it there with goldenpath-rds request.`;
        return [{ path, line, message }];
      }
      const secret = secretName(environment, entry.key, secretPrefix);
      const differences = [
        ...differencesBetween(
          { username: entry.username },
          { username: listed.entry.configuration.username },
        ),
        ...differencesBetween(
          { secret_path: secret },
          { secret_path: listed.entry.configuration.secret_path },
        ),
      ];
      return differences.map(({ name, before, after }) => ({
        path: catalogPath,
        line: listed.line,
        message: `${named(key)}: ${name} is ${show(after)} here and ${show(
          before,
        )} in ${path}:${line}; use the same value in both.`,
      }));
    }),
    ...duplicateFindings(
      tfvars,
      ({ entry }) => entry.databaseName,
      'the database',
    ),
    ...duplicateFindings(tfvars, ({ entry }) => entry.username, 'the role'),
    ...catalog
      .filter(listed => !inTfvars.has(idOf(listed)))
      .map(listed => ({
        path: catalogPath,
        line: listed.line,
        message: `${named(listed)} is in no terraform.tfvars of ${
          listed.environment
        }; add it to application_databases there with goldenpath-rds request.`,
      })),
  ];
};

/** Finds two entries of one environment with the same name. */
const duplicateFindings = (
  tfvars: readonly TfvarsDatabase[],
  nameOf: (database: TfvarsDatabase) => string,
  what: string,
): Finding[] => {
  const first = new Map<string, TfvarsDatabase>();
  return tfvars.flatMap(database => {
    const name = nameOf(database);
    const id = idOf({
      environment: database.environment,
      databaseName: name,
    });
    const before = first.get(id);
    if (!before) {
      first.set(id, database);
      return [];
    }
    const { path, entry } = database;
    return [
      {
        path,
        line: entry.line,
        message: `${entry.key} declares ${what} ${JSON.stringify(
          name,
        )}, which ${before.entry.key} in line ${
          before.entry.line
        } already declares; use another name.`,
      },
    ];
  });
};
