import { createHash } from 'node:crypto';
import type { SecretDescription } from '../ports';
import { findCurrent } from './secretState';

/**
 * The version id of the next rotation. It follows from the versions that are there, so two runs at once write one version,
 * and the second finds that of the first.
 * @param attempt - counts up where the version exists already, as after a rotation that was turned back by hand
 */
export const deriveToken = (
  secret: Pick<SecretDescription, 'name' | 'stages'>,
  attempt: number,
): string => {
  const hash = createHash('sha256')
    .update(
      JSON.stringify([
        secret.name,
        findCurrent(secret),
        [...secret.stages.keys()].sort(),
        attempt,
      ]),
    )
    .digest('hex');
  // As a UUID, the shape of AWS's own tokens (ClientRequestToken, Secrets Manager API reference: 32 to 64 characters).
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    hash.slice(12, 16),
    hash.slice(16, 20),
    hash.slice(20, 32),
  ].join('-');
};
