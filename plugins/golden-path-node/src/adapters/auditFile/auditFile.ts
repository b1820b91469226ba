import { randomUUID } from 'node:crypto';
import {
  constants,
  FileHandle,
  open,
  readFile,
  rm,
  writeFile,
} from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '@backstage/errors';
import type {
  AuditAction,
  AuditRow,
} from '@goldenpath/plugin-golden-path-common';
import {
  AuditLayout,
  detectAuditLayout,
  closeAuditLine,
  NO_AUDIT,
  parseAudit,
  printAuditRows,
} from '../../audit/decide/auditCsv';
import { createAuditFile, Link } from './createAuditFile';
import { noFile, upgradeAuditFile } from './upgradeAuditFile';

/**
 * The audit as a file, created with its header before the first row. Several programs may append to it at once: each
 * append is one write at the end of the file.
 * @param link - link(2), which some file systems don't have
 *
 * @public
 */
export const auditFile = (
  path: string,
  link?: (existing: string, added: string) => Promise<void>,
) => {
  let queued: AuditRow[] = [];
  let last: Promise<void> = Promise.resolve();

  const write = async () => {
    const rows = queued;
    queued = [];
    if (rows.length === 0) return;
    const { file, columns } = await openToAppend(path, link);
    try {
      const ending = closeAuditLine(await readSettledEnd(file));
      await file.appendFile(ending + printAuditRows(rows, columns));
      await file.sync();
    } finally {
      await file.close();
    }
  };

  return {
    path,
    /** Reads the rows, or those with some actions; none if the file does not exist. */
    read: async (actions?: readonly AuditAction[]): Promise<AuditRow[]> => {
      const text = await readFile(path, 'utf8').catch(noFile);
      return text === undefined ? [] : parseAudit(text, actions);
    },
    /**
     * Creates the file, and checks that it is writable and that the disk has space.
     * @throws InputError if one of these fails
     */
    prepare: async (): Promise<void> => {
      try {
        await createAuditFile(path, link);
        const file = await open(path, 'a');
        const isFile = (await file.stat()).isFile();
        await file.close();
        // The rows are read later, and a device such as /dev/full has no end.
        if (!isFile) {
          throw new InputError(
            `Can't write the audit to ${path}: it is not a regular file. Set another file with --audit-output. Nothing was changed.`,
          );
        }
        const layout = await readLayout(path);
        if (!layout) throw noAudit(path, 'Nothing was changed.');
        await checkDiskSpace(path);
      } catch (error) {
        throw writeError(path, error, 'Nothing was changed.');
      }
    },
    /**
     * Resolves once the rows are on disk. Rows that arrive during a write are written together, next.
     * @throws InputError if they can't be written
     */
    append: (rows: readonly AuditRow[]): Promise<void> => {
      queued.push(...rows);
      last = last.then(write).catch(error => {
        throw writeError(
          path,
          error,
          'Earlier changes are kept. Run it again: it adds the missing rows of roles and databases.',
        );
      });
      return last;
    },
  };
};

/** Never appends to another file, such as one that was named by mistake. */
const noAudit = (path: string, after: string) =>
  new InputError(
    `Can't write the audit to ${path}: ${NO_AUDIT}. Set another file with --audit-output, or move this one. ${after}`,
  );

/** More than the header of any version. */
const HEADER_BYTES = 4096;

const readLayout = async (path: string): Promise<AuditLayout | undefined> => {
  const file = await open(path, 'r');
  try {
    return await layoutOf(file);
  } finally {
    await file.close();
  }
};

const layoutOf = async (file: FileHandle): Promise<AuditLayout | undefined> => {
  const buffer = Buffer.alloc(HEADER_BYTES);
  const { bytesRead } = await file.read(buffer, 0, HEADER_BYTES, 0);
  return detectAuditLayout(buffer.toString('utf8', 0, bytesRead));
};

/** Without creating it: that takes a header. */
const APPEND = constants.O_RDWR + constants.O_APPEND;

/**
 * Opens the file to append rows with its columns. Upgrades a file with fewer columns than ours first, and appends no row
 * before that: the upgraded file replaces it.
 */
const openToAppend = async (
  path: string,
  link: Link | undefined,
): Promise<{ file: FileHandle; columns?: readonly string[] }> => {
  for (;;) {
    const file = await open(path, APPEND).catch(noFile);
    if (!file) {
      await createAuditFile(path, link);
      continue;
    }
    try {
      // A device has no header; writing to it reports its own error.
      if (!(await file.stat()).isFile()) return { file };
      const layout = await layoutOf(file);
      if (!layout) throw noAudit(path, 'No row was written.');
      if (layout.version !== 'older') return { file, columns: layout.columns };
    } catch (error) {
      await file.close();
      throw error;
    }
    await file.close();
    await upgradeAuditFile(path);
  }
};

/** Size of the rows of some hundred changes. */
const SAMPLE = Buffer.alloc(65_536);
const DISK_FULL = ['ENOSPC', 'EDQUOT'];

/** Only a write shows that the disk or the quota is full. */
const checkDiskSpace = async (path: string) => {
  const beside = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(beside, SAMPLE, { flush: true });
  } catch (error) {
    // The audit may be writable in a folder where no file can be created.
    if (DISK_FULL.includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error;
  } finally {
    await rm(beside, { force: true });
  }
};

const writeError = (path: string, error: unknown, after: string): Error => {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === '') return error as Error;
  const nextStep = DISK_FULL.includes(code)
    ? 'Free disk space'
    : 'Make it writable';
  return new InputError(
    `Can't write the audit to ${path}: ${message}. ${nextStep}, or set another file with --audit-output. ${after}`,
    error as Error,
  );
};

/** Enough of the file's end to see whether its last line is complete. */
const END_BYTES = 16_384;

/** Longer than another program takes to write a row. */
const SETTLED_MS = 150;

/** A line that a crash truncated stays as it is; one that is being written is complete a moment later. */
const readSettledEnd = async (file: FileHandle): Promise<string> => {
  let end = await readEnd(file);
  while (closeAuditLine(end) !== '') {
    await sleep(SETTLED_MS);
    const again = await readEnd(file);
    if (again === end) break;
    end = again;
  }
  return end;
};

const readEnd = async (file: FileHandle): Promise<string> => {
  const { size } = await file.stat();
  const start = Math.max(0, size - END_BYTES);
  const { buffer, bytesRead } = await file.read(
    Buffer.alloc(size - start),
    0,
    size - start,
    start,
  );
  return buffer.toString('utf8', 0, bytesRead);
};
