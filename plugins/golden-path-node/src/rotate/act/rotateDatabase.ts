import { InputError } from '@backstage/errors';
import { DEFAULT_RISK, Risk } from '@goldenpath/plugin-golden-path-common';
import { describeReason } from '../../errors/describeReason';
import { deriveToken } from '../decide/chooseToken';
import type { RotationResult } from '../decide/events';
import { isUsable } from '../decide/isUsable';
import { explainWait, findInUseSince, findNextDue } from '../decide/schedule';
import {
  findCurrent,
  findPending,
  hasPendingLabel,
} from '../decide/secretState';
import type {
  RotationDeps,
  RotationStep,
  SecretDescription,
  SecretValue,
} from '../ports';
import { examineEntry } from './examineEntry';
import { connectAsMaster, observeServer } from './observeEntry';
import { openRotation } from './openRotation';
import { rotateStep } from './rotateStep';

/** @public */
export interface RotateDatabaseInput {
  database: string;
  /** Name or ARN. */
  secretId: string;
  /** Sets the interval. Default: the contract's. */
  risk?: Risk;
  /** Rotate although it is not due. */
  isAskedFor: boolean;
  /** Rotate although pods may still use the password before. */
  isForced?: boolean;
  /** Only say what would be done. */
  isDryRun?: boolean;
}

const STEPS: readonly RotationStep[] = [
  'createSecret',
  'setSecret',
  'testSecret',
  'finishSecret',
];

/** Errors that say something of this database; any other ends the run. */
const OF_DATABASE: Record<string, RotationResult['outcome']> = {
  InputError: 'refused',
  NotFoundError: 'refused',
  ConflictError: 'failed',
  SqlError: 'failed',
};

/**
 * Rotates the password of one database, by all four steps. One that was begun and not ended goes on, due or not.
 * @throws ServiceUnavailableError when Secrets Manager or the instance is unreachable, or the lock stays taken
 *
 * @public
 */
export const rotateDatabase = async (
  deps: RotationDeps,
  input: RotateDatabaseInput,
): Promise<RotationResult> => {
  const { database } = input;
  try {
    return await rotate(deps, input);
  } catch (error) {
    const outcome = OF_DATABASE[(error as Error).name];
    if (!outcome) throw error;
    return { database, outcome, reason: describeReason(error as Error) };
  }
};

const rotate = async (
  deps: RotationDeps,
  {
    database,
    secretId,
    risk = DEFAULT_RISK,
    isAskedFor,
    isForced = false,
    isDryRun = false,
  }: RotateDatabaseInput,
): Promise<RotationResult> => {
  const { secrets, now } = deps;
  const secret = await secrets.describe(secretId);
  const current = await readCurrent(deps, secret);
  const nextDue = findNextDue(current.createdAt, risk);
  const begun = await findBegun(deps, secret, current);
  const pending = begun?.token;
  if (!begun?.hasValue) {
    const reason = explainWait(now(), {
      inUseSince: findInUseSince(
        current.createdAt,
        // RotateSecret, which leaves a version without a value, has changed the secret itself.
        begun ? { rotatedAt: secret.rotatedAt } : secret,
      ),
      nextDue,
      isAskedFor: isAskedFor || begun !== undefined,
      isForced,
    });
    if (reason !== undefined) {
      if (!isDryRun) await completeEnd(deps, secret, current.versionId);
      return {
        database,
        outcome: 'unchanged',
        nextDue: nextDue.toISOString(),
        reason,
      };
    }
  }
  const token = pending ?? (await findFreeToken(deps, secret));
  if (isDryRun) {
    const login = await findNextLogin(deps, secret.name, token);
    return {
      database,
      outcome: 'planned',
      login,
      reason: describeBegin(pending),
    };
  }
  let login: string | undefined;
  for (const step of STEPS)
    ({ login } = await rotateStep(deps, {
      secretId: secret.name,
      token,
      step,
      isForced,
    }));
  return {
    database,
    outcome: 'rotated',
    login,
    nextDue: findNextDue(now(), risk).toISOString(),
    reason: describeBegin(pending),
  };
};

/** Ends a rotation that was killed once its version was current: records it, and removes the label. */
const completeEnd = async (
  deps: RotationDeps,
  secret: SecretDescription,
  token: string,
): Promise<void> => {
  if (!hasPendingLabel(secret, token)) return;
  await rotateStep(deps, {
    secretId: secret.name,
    token,
    step: 'finishSecret',
  });
};

const describeBegin = (pending: string | undefined) =>
  pending === undefined
    ? 'begins a rotation'
    : `ends the rotation that began with version ${pending}`;

const readCurrent = async (
  { secrets }: RotationDeps,
  secret: SecretDescription,
): Promise<SecretValue> => {
  const id = findCurrent(secret);
  const value =
    id === undefined || secret.isDeleted
      ? undefined
      : await secrets.readVersion(secret.name, id);
  if (!value)
    throw new InputError(
      secret.isDeleted
        ? `${secret.name}: the secret is marked for deletion; restore it with aws secretsmanager restore-secret --secret-id ${secret.name}, or remove the entry.`
        : `${secret.name}: the secret has no current version; create one with terraform apply.`,
    );
  return value;
};

/** A rotation that was begun for another server, or for the login that is current since, is begun again. */
const findBegun = async (
  { secrets }: RotationDeps,
  secret: SecretDescription,
  current: SecretValue,
): Promise<{ token: string; hasValue: boolean } | undefined> => {
  const pending = findPending(secret);
  if (pending === undefined) return undefined;
  const value = await secrets.readVersion(secret.name, pending);
  return isUsable(current.text, value?.text)
    ? { token: pending, hasValue: value !== undefined }
    : undefined;
};

const findFreeToken = async (
  { secrets }: RotationDeps,
  secret: SecretDescription,
): Promise<string> => {
  for (let attempt = 0; ; attempt += 1) {
    const token = deriveToken(secret, attempt);
    if (!(await secrets.readVersion(secret.name, token))) return token;
  }
};

const findNextLogin = async (
  deps: RotationDeps,
  secretId: string,
  token: string,
): Promise<string> => {
  const rotation = await openRotation(deps, { secretId, token });
  const session = await connectAsMaster(deps, rotation, 'read-only');
  try {
    const server = await observeServer(session);
    return (await examineEntry(session, server, rotation, token)).desired.login;
  } finally {
    await session.close();
  }
};
