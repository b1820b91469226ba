import { FIELD_RULES } from './fieldRules';
import { sha256Hex } from './sha256';

/**
 * Identifies a request: one database in one environment.
 *
 * @public
 */
export interface RequestKey {
  environment: string;
  databaseName: string;
}

/** @public */
export const DEFAULT_SECRET_PREFIX = 'goldenpath';

/**
 * The branch of the infra repo that requests go into.
 *
 * @public
 */
export const DEFAULT_BASE_BRANCH = 'main';

/** @public */
export const requestId = ({ environment, databaseName }: RequestKey) =>
  `${environment}-${databaseName}`;

/**
 * Identifies an app without a database. No request id of a database has a "/".
 *
 * @public
 */
export const appRequestId = ({ component_id }: { component_id: string }) =>
  `${APP_REQUEST_PREFIX}${component_id}`;

/** @public */
export const isAppRequestId = (id: string) => id.startsWith(APP_REQUEST_PREFIX);

const APP_REQUEST_PREFIX = 'app/';

/**
 * The branch in the infra repo that carries the pull request.
 *
 * @public
 */
export const branchName = ({ environment, databaseName }: RequestKey) =>
  `database/${environment}/${databaseName}`;

/**
 * The run-name of the workflow run. It identifies the run if the dispatch returned no ID.
 *
 * @public
 */
export const runName = (key: RequestKey, taskId: string) =>
  `database ${requestId(key)} ${taskId}`;

/**
 * The secret in AWS Secrets Manager with the credentials of one database. `key` is the tfvars key: the database name,
 * unless a person wrote the entry.
 *
 * @public
 */
export const secretName = (
  environment: string,
  key: string,
  prefix = DEFAULT_SECRET_PREFIX,
) => `${prefix}/${environment}/${key}/postgres`;

/**
 * The secret in AWS Secrets Manager with the master's credentials of an environment.
 *
 * @public
 */
export const masterSecretName = (
  environment: string,
  prefix = DEFAULT_SECRET_PREFIX,
) => `${prefix}/${environment}/rds/master`;

/**
 * The Kubernetes Secret that External Secrets creates and the pods read.
 *
 * @public
 */
export const kubernetesSecretName = (componentId: string) =>
  `${componentId}-db-creds`;

/**
 * `metadata.id` of an entry of rds-catalog.yaml.
 *
 * @public
 */
export const catalogEntryId = ({ environment, databaseName }: RequestKey) =>
  `DATABASE_${environment}_${databaseName}`.toLocaleUpperCase('en');

const ENTITY_NAME_MAX = 63;

/**
 * The name of the database's catalog entity, also fit as a Kubernetes label value: both hold 63 characters and end in
 * a letter or digit (Backstage catalog descriptor format; Kubernetes label syntax). A name that doesn't fit is cut
 * and made unique by a hash of the request id.
 *
 * @public
 */
export const entityName = (key: RequestKey): string => {
  const name = `rds-${requestId(key)}`;
  if (name.length <= ENTITY_NAME_MAX && /[A-Za-z0-9]$/.test(name)) return name;
  return `${name.slice(0, 54).replace(/[_-]+$/, '')}-${sha256Hex(
    requestId(key),
  ).slice(0, 8)}`;
};

/**
 * Annotation with the full name of the database, if the entity name was cut.
 *
 * @public
 */
export const DATABASE_ANNOTATION = 'goldenpath.io/database';

/** @public */
export const entityRef = (key: RequestKey) =>
  `resource:default/${entityName(key)}`;

/** @public */
export const renderPullRequestTitle = ({
  environment,
  databaseName,
}: RequestKey) => `Create RDS database ${databaseName} (${environment})`;

/** @public */
export const listPullRequestLabels = (environment: string, risk: string) => [
  'rds-database',
  environment,
  `${risk}-risk`,
];

/**
 * A hidden line in the pull request's body that identifies it.
 *
 * @public
 */
export const renderPullRequestMarker = (key: RequestKey, taskId: string) =>
  `<!-- goldenpath request=${requestId(key)} task=${taskId} -->`;

/**
 * Reads the marker; undefined if the body has none.
 *
 * @public
 */
export const parsePullRequestMarker = (
  body: string,
): { requestId: string; taskId: string } | undefined => {
  const match = /<!-- goldenpath request=(\S+) task=(\S+) -->/.exec(body);
  return match ? { requestId: match[1], taskId: match[2] } : undefined;
};

/**
 * Files of the infra repo, relative to its root, with `/`.
 *
 * @public
 */
export const CATALOG_PATH =
  'docs/20-contracts/resource-catalogs/rds-catalog.yaml';
/** @public */
export const ENVIRONMENTS_PATH = 'envs';
/** @public */
export const WORKFLOW_FILE = 'create-rds-database.yml';
/** @public */
export const standaloneTfvarsPath = (
  environment: string,
  environmentsPath = ENVIRONMENTS_PATH,
) => `${environmentsPath}/${environment}-rds/terraform.tfvars`;
/** @public */
export const coupledTfvarsPath = (
  environment: string,
  environmentsPath = ENVIRONMENTS_PATH,
) => `${environmentsPath}/${environment}/terraform.tfvars`;
/** @public */
export const auditPath = (environment: string) =>
  `governance/${environment}/rds_provision_audit.csv`;

/**
 * Reads an owner given as an entity reference or a name. `owner` is its bare name, or `<namespace>/<name>` outside the
 * namespace `default`, which has lower case in the catalog: so the workflow and the infra repo know it.
 *
 * @public
 */
export const parseOwner = (
  ref: string,
): { owner: string } | { problem: string } => {
  const match = /^(?:([^:/]*):)?(?:([^:/]*)\/)?([^:/]*)$/.exec(ref);
  const [kind, namespace, name] = match
    ? [
        match[1] ?? 'group',
        (match[2] ?? 'default').toLocaleLowerCase('en'),
        match[3],
      ]
    : ['', '', ''];
  const example = `such as group:default/${FIELD_RULES.owner.example}`;
  if (!match)
    return { problem: `Owner: choose a Group of the catalog, ${example}.` };
  if (kind.toLocaleLowerCase('en') !== 'group')
    return {
      problem: `Owner: databases and apps are owned by a Group, not by a ${
        kind || 'entity without a kind'
      }; choose a team, ${example}.`,
    };
  return {
    owner: namespace === 'default' ? name : `${namespace}/${name}`,
  };
};

/**
 * The one spelling of an owner. The catalog compares entity references in any case; labels, tags and keys do not.
 *
 * @public
 */
export const foldOwner = (owner: string): string =>
  owner.toLocaleLowerCase('en');

/**
 * Whether a person dispatched the request on GitHub. `requested_by` then has the GitHub login: nobody checked who it is for.
 *
 * @public
 */
export const isByHand = (requestedBy: string) =>
  requestedBy.endsWith(' (by hand)');

/**
 * The entity reference of an owner as {@link parseOwner} returns it.
 *
 * @public
 */
export const formatOwnerRef = (owner: string) =>
  `group:${owner.includes('/') ? owner : `default/${owner}`}`;

/**
 * The owner as the value of the Kubernetes label `goldenpath.io/owner`, which can't contain "/". Backstage names have no
 * two separators in a row, so `payments/core` and a group `payments.core` have different labels.
 *
 * @public
 */
export const ownerLabel = (owner: string): string => owner.replace('/', '..');
