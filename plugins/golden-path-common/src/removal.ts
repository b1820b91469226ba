import { z } from 'zod';
import { declaredFieldProblems } from './fieldRules';
import {
  createChoiceField,
  createDescriptionField,
  createRuledField,
  Problem,
  toProblems,
} from './fields';
import { ENVIRONMENTS } from './environments';
import { requestId, RequestKey } from './names';
import type { RequestOptions } from './request';

/**
 * The label by which the platform team allows a pull request to remove a database; it counts together with a second
 * person's approving review.
 *
 * @public
 */
export const REMOVAL_ALLOWED_LABEL = 'rds-removal-allowed';

/**
 * The schema of a removal: which database to take out of the infra repo, who asks for it and why.
 *
 * @public
 */
export const removalSchema = ({
  environments = ENVIRONMENTS,
}: Pick<RequestOptions, 'environments'> = {}) =>
  z
    .object({
      environment: createChoiceField('Environment', environments),
      databaseName: createRuledField('databaseName', declaredFieldProblems),
      requestedBy: createRuledField('requestedBy', declaredFieldProblems),
      /** One line. */
      reason: createDescriptionField('Reason').default(''),
    })
    .strict();

/**
 * A valid removal.
 *
 * @public
 */
export type RemovalRequest = z.output<ReturnType<typeof removalSchema>>;

/**
 * Reads an untrusted removal.
 * @returns the removal, or a problem for every rule that it breaks
 *
 * @public
 */
export const parseRemoval = (
  input: unknown,
  options: Pick<RequestOptions, 'environments'> = {},
): { removal: RemovalRequest } | { problems: Problem[] } => {
  const result = removalSchema(options).safeParse(input);
  return result.success
    ? { removal: result.data }
    : { problems: toProblems(result.error) };
};

/**
 * The branch in the infra repo that carries the pull request of a removal.
 *
 * @public
 */
export const removalBranchName = ({ environment, databaseName }: RequestKey) =>
  `decommission/${environment}/${databaseName}`;

/**
 * The trailer of every commit that we push to a `decommission/*` branch.
 *
 * @public
 */
export const renderRemovalTrailer = (key: RequestKey) =>
  `Goldenpath-Decommission: ${requestId(key)}`;

/** @public */
export const renderRemovalTitle = ({ environment, databaseName }: RequestKey) =>
  `Decommission RDS database ${databaseName} (${environment})`;

/**
 * A hidden line in the body of a removal's pull request that identifies it.
 *
 * @public
 */
export const renderRemovalMarker = (key: RequestKey, taskId: string) =>
  `<!-- goldenpath decommission=${requestId(key)} task=${taskId} -->`;

/**
 * Reads the marker; undefined if the body has none.
 *
 * @public
 */
export const parseRemovalMarker = (
  body: string,
): { requestId: string; taskId: string } | undefined => {
  const match = /<!-- goldenpath decommission=(\S+) task=(\S+) -->/.exec(body);
  return match ? { requestId: match[1], taskId: match[2] } : undefined;
};

/**
 * What PostgreSQL knows of the use of a database. It keeps no time of the last login: the counters say how often since when.
 *
 * @public
 */
export interface DatabaseUsage {
  /** ISO 8601, UTC. */
  observedAt: string;
  /** In bytes; undefined when the master may not read it. */
  sizeBytes: number | undefined;
  /** Open sessions of clients, without the one that asked. */
  connections: number;
  /** The open sessions by role and `application_name`, most first. */
  sessions: Array<{ role: string; application: string; count: number }>;
  /** ISO 8601, UTC: the newest change of state of an open session; undefined without one, or when it may not be read. */
  lastStateChange: string | undefined;
  /** Sessions of clients that were opened, and transactions, since `countedSince`. */
  sessionsOpened: number;
  transactions: number;
  /** ISO 8601, UTC: when the counters were reset; undefined: since the database was created, or the server crashed or failed over. */
  countedSince: string | undefined;
}

/**
 * What a person sees before a database is removed, as far as it is known.
 *
 * @public
 */
export interface RemovalFacts {
  /** Catalog entities that depend on the database; undefined when nobody looked. */
  dependants?: readonly string[];
  /** The use of the database, or why it is unknown; undefined when nobody looked. */
  usage?: DatabaseUsage | { unknown: string };
}
