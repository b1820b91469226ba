import { ConflictError } from '@backstage/errors';
import { describeReason } from '../../errors/describeReason';
import type { RotationDeps } from '../ports';
import { examineEntry, Examined } from './examineEntry';
import {
  connectAsMaster,
  nameApplication,
  observeServer,
} from './observeEntry';
import type { Rotation } from './openRotation';
import type { StepDone } from './rotateStep';

interface Seen {
  user: string;
  login: string;
  database: string;
}

/** testSecret: logs in as an app does, and sees that what it would create is the owner's. */
export const testLogin = async (
  deps: RotationDeps,
  rotation: Rotation,
  token: string,
): Promise<StepDone> => {
  const session = await connectAsMaster(deps, rotation, 'read-only');
  const examined = await observeServer(session)
    .then(server => examineEntry(session, server, rotation, token))
    .finally(() => session.close());
  await logIn(deps, rotation, examined);
  return { outcome: 'done', login: examined.desired.login };
};

/** @throws ConflictError when the login fails, or isn't the owner's */
export const logIn = async (
  { connect, options }: RotationDeps,
  { environment, master: { host, port } }: Rotation,
  { desired, password = '' }: Pick<Examined, 'desired' | 'password'>,
): Promise<void> => {
  const { login, username, databaseName } = desired;
  const session = await connect({
    host,
    port,
    database: databaseName,
    username: login,
    password,
    applicationName: nameApplication(environment, options.runId),
    settings: 'own',
    signal: options.signal,
  }).catch(error => {
    throw (error as Error).name === 'SqlError'
      ? new ConflictError(
          `${login} can't log in to database ${databaseName} with its new password: ${describeReason(
            error as Error,
          )}`,
          error as Error,
        )
      : error;
  });
  try {
    const [seen] = await session.query<Seen>(
      'SELECT current_user::text AS "user", session_user::text AS "login", current_database()::text AS "database"',
    );
    if (seen.user !== username || seen.login !== login)
      throw new ConflictError(
        `${login} is ${seen.user} after its login, not ${username}. goldenpath-rds provision --check shows the setting that makes it so.`,
      );
  } finally {
    await session.close();
  }
};
