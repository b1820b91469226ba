import { InputError } from '@backstage/errors';
import { nameClone } from '../../provision/decide/clone';
import type { DesiredDatabase } from '../../provision/decide/desired';
import type { ObservedServer } from '../../provision/decide/observation';
import type { Session } from '../../provision/ports';
import { findRefusal, ObservedEntry } from '../decide/findRefusal';
import { observeEntry } from './observeEntry';
import type { Rotation } from './openRotation';

/** An entry whose password may be rotated. */
export interface Examined {
  observed: ObservedEntry;
  /** `login` is the login that isn't current; its secret is version `token`. */
  desired: DesiredDatabase;
  /** The password of the pending version; undefined where it has no value yet. */
  password: string | undefined;
}

/**
 * Looks at the roles and the database of a secret, and at its values.
 * @throws InputError when its password may not be rotated
 */
export const examineEntry = async (
  session: Session,
  server: ObservedServer,
  rotation: Rotation,
  token: string,
): Promise<Examined> => {
  const { secret, entry, current, pending, databaseName } = rotation;
  const { owner, ...observed } = await observeEntry(session, server, rotation);
  rotation.readCredentials(current, owner);
  const login = current.login === owner ? nameClone(owner) : owner;
  const desired: DesiredDatabase = {
    databaseName,
    username: owner,
    login,
    createdb: entry?.createdb ?? observed.role?.createdb ?? false,
    connectionLimit:
      entry?.connectionLimit ?? observed.role?.connectionLimit ?? -1,
    secret: { path: secret.name, versionId: token },
  };
  const reason = findRefusal(desired, observed, rotation.declared);
  if (reason !== undefined) throw new InputError(reason);
  if (!pending) return { observed, desired, password: undefined };
  const found = rotation.readCredentials(pending, owner);
  if (found.login !== login)
    throw new InputError(
      `${secret.name}: version ${token} is for ${found.login}, whose password is current. Start the rotation again with createSecret, which removes its label AWSPENDING.`,
    );
  return { observed, desired, password: found.password };
};
