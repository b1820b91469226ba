import { InputError } from '@backstage/errors';
import {
  DEFAULT_SECRET_PREFIX,
  foldOwner,
  ownerLabel,
  secretName,
} from '@goldenpath/plugin-golden-path-common';
import { Scalar, stringify } from 'yaml';
import { listCatalog } from './readCatalog';
import { isPlainText } from './yamlText';

/** @public */
export interface DatabaseOwnersOptions {
  /** Name of the cluster's ClusterSecretStore. */
  store: string;
  /** Only the databases of this environment; of every one unless given. */
  environment?: string;
  secretPrefix?: string;
}

/** Key of the store's name. No label value begins with "_". */
const STORE_KEY = '_store';

/**
 * Prints the parameters of the admission policy in platform/kubernetes/policy: the secrets of each owner's databases, by
 * the owner's label.
 * @returns a ConfigMap as YAML; the same catalog gives the same text
 * @throws InputError `path:line: reason` if the catalog is invalid, an entry names a secret that is not a database's of its
 * environment, or two owners claim the same secret or the same label
 *
 * @public
 */
export const renderDatabaseOwners = (
  text: string,
  path: string,
  options: DatabaseOwnersOptions,
): string => {
  const { environment, secretPrefix = DEFAULT_SECRET_PREFIX, store } = options;
  const ownerOfSecret = new Map<string, string>();
  const ownerOfLabel = new Map<string, string>();
  /** By the label in lower case. */
  const secrets = new Map<string, Set<string>>();
  const labels = new Set<string>();
  for (const database of listCatalog(text, path)) {
    if (environment !== undefined && database.environment !== environment)
      continue;
    const { metadata, configuration } = database.entry;
    const { owner } = metadata;
    const { secret_path: secret } = configuration;
    const refuse = (reason: string) =>
      new InputError(
        `${path}:${database.line}: ${database.databaseName}: ${reason}`,
      );
    const key = secret.split('/').at(-2) ?? '';
    if (
      !/^[A-Za-z0-9_-]+$/.test(key) ||
      secret !== secretName(database.environment, key, secretPrefix)
    ) {
      throw refuse(
        `the secret_path ${JSON.stringify(
          secret,
        )} is not the secret of a database in ${
          database.environment
        }; use ${secretName(
          database.environment,
          database.databaseName,
          secretPrefix,
        )}.`,
      );
    }
    const other = ownerOfSecret.get(secret) ?? owner;
    if (foldOwner(other) !== foldOwner(owner))
      throw refuse(
        `${owner} and ${other} both claim ${secret}; correct one of the entries.`,
      );
    const label = ownerLabel(owner);
    const folded = foldOwner(label);
    const namesake = ownerOfLabel.get(folded) ?? owner;
    if (foldOwner(namesake) !== foldOwner(owner))
      throw refuse(
        `the owners ${owner} and ${namesake} have the same label ${label}; rename one of the groups.`,
      );
    ownerOfSecret.set(secret, owner);
    ownerOfLabel.set(folded, owner);
    // A namespace may have either spelling as its label, and new apps have the folded one.
    labels.add(label).add(folded);
    secrets.set(folded, (secrets.get(folded) ?? new Set()).add(secret));
  }
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'goldenpath-database-owners',
        namespace: 'goldenpath-rds',
      },
      data: new Map<string | Scalar, string>([
        [STORE_KEY, store],
        ...[...labels]
          .sort()
          .map((label): [Scalar, string] => [
            createKey(label),
            [...(secrets.get(foldOwner(label)) ?? [])].sort().join('\n'),
          ]),
      ]),
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
};

/** kubectl reads YAML as Go does, where the owner `1_000` would be the key "1000". */
const createKey = (label: string): Scalar => {
  const key = new Scalar(label);
  if (!isPlainText(label)) key.type = Scalar.QUOTE_DOUBLE;
  return key;
};
