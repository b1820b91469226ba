import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConflictError } from '@backstage/errors';
import { detectAuditLayout, upgradeAudit } from '../../audit/decide/auditCsv';

/** Interval of the checks whether another program has finished. */
const POLL_MS = 20;
/** Far longer than the upgrade of the largest audit. */
const TIMEOUT_MS = 60_000;

/**
 * Replaces an audit that has fewer columns by one that has all of them, atomically and by one program at a time: the new
 * file beside it is the lock, and becomes the audit.
 * @throws ConflictError if another program has started the upgrade and doesn't finish it
 */
export const upgradeAuditFile = async (
  path: string,
  timeoutMs = TIMEOUT_MS,
): Promise<void> => {
  const beside = `${path}.upgrade`;
  const { mode } = await stat(path);
  const file = await open(beside, 'wx', mode).catch(isThere);
  if (!file) {
    await waitForOther(beside, timeoutMs);
    return;
  }
  let isInPlace = false;
  try {
    const text = await readFile(path, 'utf8');
    // Another program may have upgraded the file before this one took the lock, and added rows since.
    if (detectAuditLayout(text)?.version !== 'older') return;
    await file.writeFile(upgradeAudit(text));
    await file.sync();
    await rename(beside, path);
    isInPlace = true;
  } finally {
    await file.close();
    if (!isInPlace) await rm(beside, { force: true });
  }
};

/** @throws ConflictError if the other program doesn't finish */
export const waitForOther = async (
  beside: string,
  timeoutMs = TIMEOUT_MS,
): Promise<void> => {
  const deadline = Date.now() + timeoutMs;
  while (await stat(beside).catch(noFile)) {
    if (Date.now() >= deadline) {
      throw new ConflictError(
        `${beside} exists: another program is creating the audit or adding its new columns, or was stopped while it did. If none is running, remove that file and run this again.`,
      );
    }
    await sleep(POLL_MS);
  }
};

export const isThere = (error: NodeJS.ErrnoException) => {
  if (error.code === 'EEXIST') return undefined;
  throw error;
};

export const noFile = (error: NodeJS.ErrnoException) => {
  if (error.code === 'ENOENT') return undefined;
  throw error;
};
