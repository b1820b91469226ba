import { InputError } from '@backstage/errors';
import { describeReason } from '../../errors/describeReason';
import { hasPendingLabel } from '../decide/secretState';
import type { RotationDeps, SecretDescription } from '../ports';

/** Removes AWSPENDING from a version, if it has it. */
export const dropPending = async (
  { secrets }: Pick<RotationDeps, 'secrets'>,
  secret: SecretDescription,
  versionId: string,
): Promise<void> => {
  if (!hasPendingLabel(secret, versionId)) return;
  try {
    await secrets.dropPending(secret.name, versionId);
  } catch (error) {
    // Its answer may be lost, or another run was first.
    if (hasPendingLabel(await secrets.describe(secret.name), versionId))
      throw error;
  }
};

/**
 * Ends a rotation that can't go on, so that Secrets Manager can begin another.
 * @throws InputError always: why it can't go on, and what is next
 */
export const abandonPending = async (
  deps: Pick<RotationDeps, 'secrets'>,
  secret: SecretDescription,
  versionId: string,
  reason: string,
): Promise<never> => {
  const { name } = secret;
  const what = `${name}: version ${versionId} can't become current: ${reason}.`;
  await dropPending(deps, secret, versionId).catch((error: Error) => {
    throw new InputError(
      `${what} Its label AWSPENDING keeps Secrets Manager from the next rotation, and couldn't be removed (${describeReason(
        error,
      )}). Remove it, then start the rotation again: aws secretsmanager update-secret-version-stage --secret-id ${name} --version-stage AWSPENDING --remove-from-version-id ${versionId}`,
    );
  });
  throw new InputError(
    `${what} Its label AWSPENDING is removed. Start the rotation again.`,
  );
};
