import type { TfvarsEntry } from '../infraRepo/decide/readTfvars';
import type { AuditSink, Connect, SecretsReader } from '../provision/ports';
import type { RotationEvent } from './decide/events';

/**
 * A secret as DescribeSecret shows it: its versions with their staging labels, no value.
 *
 * @public
 */
export interface SecretDescription {
  /** `goldenpath/<environment>/<database>/postgres`, whatever id it was asked for by. */
  name: string;
  /** Staging labels by version id; versions without one are not listed. */
  stages: ReadonlyMap<string, readonly string[]>;
  isDeleted: boolean;
  /** When anything of it was changed, which a label moved by hand is, too: LastChangedDate. */
  changedAt?: Date;
  /** When Secrets Manager's own rotation last ended: LastRotatedDate. */
  rotatedAt?: Date;
}

/**
 * The value of one version of a secret.
 *
 * @public
 */
export interface SecretValue {
  versionId: string;
  text: string;
  /** When this version was written. */
  createdAt: Date;
}

/**
 * The calls of Secrets Manager that a rotation makes. `secretId` is a name or an ARN.
 *
 * @public
 */
export interface RotationSecrets extends SecretsReader {
  /** @throws NotFoundError when there is no such secret */
  describe(secretId: string): Promise<SecretDescription>;
  /** @returns undefined when the version has no value yet, as after RotateSecret */
  readVersion(
    secretId: string,
    versionId: string,
  ): Promise<SecretValue | undefined>;
  /**
   * Writes a value as version `token`, with the stage AWSPENDING.
   * @throws ConflictError when that version has another value
   */
  putPending(secretId: string, token: string, text: string): Promise<void>;
  /** Moves AWSCURRENT; Secrets Manager moves AWSPREVIOUS along. */
  moveCurrent(
    secretId: string,
    versions: { from: string; to: string },
  ): Promise<void>;
  /** Removes AWSPENDING from a version. */
  dropPending(secretId: string, versionId: string): Promise<void>;
  /** GetRandomPassword, without characters that need quotes in a URL or a shell. */
  generatePassword(): Promise<string>;
}

/**
 * The steps of AWS's rotation, by the names that its Lambda event has.
 *
 * @public
 */
export type RotationStep =
  | 'createSecret'
  | 'setSecret'
  | 'testSecret'
  | 'finishSecret';

/** @public */
export interface RotationOptions {
  /** Path of the master's secret. Default: `goldenpath/<environment>/rds/master`. */
  masterSecret?: string;
  secretPrefix?: string;
  /** Endpoint of the instance. Default: the one in the master's secret. */
  host?: string;
  port?: number;
  /** Recorded in the audit: the CI build, and this run. */
  buildId?: string;
  runId?: string;
  runUrl?: string;
  lockTimeoutMs?: number;
  /** Ends the wait for the lock, and connection attempts. */
  signal?: AbortSignal;
}

/** @public */
export interface RotationDeps {
  secrets: RotationSecrets;
  connect: Connect;
  audit: Pick<AuditSink, 'append' | 'read'>;
  report(event: RotationEvent): void;
  now(): Date;
  options: RotationOptions;
  /**
   * The declared databases of an environment. Without it, as in a Lambda, the marks on the roles tell which secret is
   * whose.
   */
  readEntries?(environment: string): Promise<readonly TfvarsEntry[]>;
}
