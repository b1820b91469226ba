import { ConflictError } from '@backstage/errors';
import { applyPlans } from '../../provision/act/applyPlans';
import { prepareLooks } from '../../provision/act/readOne';
import { joinWork } from '../../provision/act/takeLock';
import {
  majorVersion,
  ObservedServer,
} from '../../provision/decide/observation';
import type { DatabasePlan } from '../../provision/decide/plan';
import { isCloneCurrent } from '../../provision/decide/planClone';
import { parseMark } from '../../provision/decide/mark';
import { scramVerifier } from '../../provision/decide/postgres/scram';
import type { Session } from '../../provision/ports';
import { planPassword } from '../decide/planPassword';
import type { RotationDeps } from '../ports';
import { examineEntry, Examined } from './examineEntry';
import { createLockLostError, holdLock, Locked } from './holdLock';
import { logIn } from './logIn';
import { connectAsMaster } from './observeEntry';
import type { Rotation } from './openRotation';
import { createRotationTrail } from './recordRotation';
import type { StepDone } from './rotateStep';

/**
 * setSecret: gives the login that isn't current its new password, and creates the second login where it is missing.
 */
export const setPassword = (
  deps: RotationDeps,
  rotation: Rotation,
  token: string,
): Promise<StepDone> =>
  holdLock(deps, rotation, { step: 'setSecret', token }, setUnderLock);

const setUnderLock = async (
  deps: RotationDeps,
  { rotation, token, server, lockLost }: Locked,
): Promise<StepDone> => {
  const connect = async () =>
    prepareLooks(
      await joinWork(await connectAsMaster(deps, rotation, 'read-write')),
      server,
    );
  const session = await connect();
  try {
    const examined = await examineEntry(session, server, rotation, token);
    const { login } = examined.desired;
    const hasPassword = await tryPassword(deps, rotation, examined);
    const steps = planPassword(
      examined.desired,
      examined.observed,
      hasPassword ? undefined : { outcome: 'wrong password' },
    );
    if (steps.length === 0) return { outcome: 'done already', login };
    await apply(deps, rotation, examined, {
      steps,
      session,
      server,
      connect,
      shouldStop: () => lockLost.aborted,
    });
    return { outcome: 'done', login };
  } finally {
    await session.close();
  }
};

/** Whether an earlier call set the password: the mark says so, and the login works. */
const tryPassword = async (
  deps: RotationDeps,
  rotation: Rotation,
  examined: Examined,
): Promise<boolean> => {
  const { desired, observed, password = '' } = examined;
  const role = isCloneCurrent(desired) ? observed.clone : observed.role;
  if (parseMark(role?.comment)?.versionId !== desired.secret.versionId)
    return true;
  return logIn(deps, rotation, { ...desired, password }).then(
    () => true,
    error => {
      if ((error as Error).name === 'ConflictError') return false;
      throw error;
    },
  );
};

/** @throws ConflictError when the server rejects a change, or accepts it without effect */
const apply = async (
  deps: RotationDeps,
  rotation: Rotation,
  { desired, observed, password = '' }: Examined,
  {
    steps,
    session,
    server,
    connect,
    shouldStop,
  }: {
    steps: DatabasePlan['steps'];
    session: Session;
    server: ObservedServer;
    connect(): Promise<Session>;
    shouldStop(): boolean;
  },
): Promise<void> => {
  const plan: DatabasePlan = {
    databaseName: desired.databaseName,
    username: desired.username,
    steps,
    remedies: [],
    findings: [],
    unchecked: [],
    notes: [],
  };
  const outcomes = await applyPlans([plan], {
    concurrency: 1,
    failFast: true,
    version: majorVersion(server),
    connect: async () =>
      session.lost.aborted
        ? connect()
        : { ...session, close: async () => undefined },
    connectToLook: () =>
      connectAsMaster(deps, rotation, 'read-only', { despiteStop: true }),
    planAgain: (_, seen) => ({
      changes: planPassword(
        desired,
        {
          ...observed,
          role: seen.role,
          clone: seen.clone ?? observed.clone,
        },
        undefined,
      ).flatMap(({ changes }) => changes),
      lasting: [],
    }),
    verifierOf: () => scramVerifier(password),
    now: deps.now,
    record: createRotationTrail(deps, rotation).changes,
    track: (_, work) => work(),
    shouldStop,
  });
  const outcome = outcomes.get(desired.databaseName);
  if (outcome?.outcome === 'failed') throw new ConflictError(outcome.problem);
  if (outcome?.outcome !== 'changed') throw createLockLostError();
};
