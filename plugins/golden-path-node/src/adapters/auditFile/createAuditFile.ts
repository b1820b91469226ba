import { randomUUID } from 'node:crypto';
import {
  link as linkFile,
  mkdir,
  open,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname } from 'node:path';
import { AUDIT_HEADER } from '../../audit/decide/auditCsv';
import { isThere, noFile, waitForOther } from './upgradeAuditFile';

/** link(2): a second name for a file. */
export type Link = (existing: string, added: string) => Promise<void>;

/**
 * Creates the file with its header in one step, unless it exists: two programs that start at once must not both write a header,
 * and nobody may read half of one.
 * @throws ConflictError if another program has started to and doesn't finish it, on a file system without hard links
 */
export const createAuditFile = async (
  path: string,
  link: Link = linkFile,
): Promise<void> => {
  if (await stat(path).catch(noFile)) return;
  await createFolder(dirname(path));
  const beside = `${path}.${randomUUID()}.tmp`;
  await writeFile(beside, AUDIT_HEADER, { mode: 0o644 });
  try {
    await link(beside, path);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (NO_LINKS.includes(code)) await createByRename(path);
    else if (code !== 'EEXIST') throw error;
  } finally {
    await rm(beside);
  }
};

/**
 * What link(2) answers where there are no hard links: FAT and exFAT EPERM, many network and FUSE file systems ENOTSUP
 * (EOPNOTSUPP) or ENOSYS, some overlays EXDEV, Android's storage EACCES. Whether the folder is writable is known by then.
 */
const NO_LINKS = [
  'EPERM',
  'EACCES',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EXDEV',
  'EMLINK',
  'EINVAL',
];

/** The new file beside the audit is the lock, and becomes the audit. */
const createByRename = async (path: string): Promise<void> => {
  const beside = `${path}.create`;
  const file = await open(beside, 'wx', 0o644).catch(isThere);
  if (!file) {
    await waitForOther(beside);
    return;
  }
  let isInPlace = false;
  try {
    await file.writeFile(AUDIT_HEADER);
    await file.sync();
    // Another program may have created it, and added rows, before this one took the lock.
    if (await stat(path).catch(noFile)) return;
    await rename(beside, path);
    isInPlace = true;
  } finally {
    await file.close();
    if (!isInPlace) await rm(beside, { force: true });
  }
};

/** Without `recursive` of mkdir, which never returns where no folder can be created, as in /proc. */
const createFolder = async (path: string): Promise<void> => {
  if (await stat(path).catch(noFile)) return;
  await createFolder(dirname(path));
  await mkdir(path).catch(isThere);
};
