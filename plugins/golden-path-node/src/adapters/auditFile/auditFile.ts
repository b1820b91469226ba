import { randomUUID } from 'node:crypto';
import {
  FileHandle,
  link,
  mkdir,
  open,
  readFile,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '@backstage/errors';
import type { AuditRow } from '@goldenpath/plugin-golden-path-common';
import {
  AUDIT_HEADER,
  AuditLayout,
  detectAuditLayout,
  closeAuditLine,
  NO_AUDIT,
  parseAudit,
  printAuditRows,
} from '../../audit/decide/auditCsv';
import { upgradeAuditFile } from './upgradeAuditFile';

/**
 * The audit as a file, made with its header when the first row comes. Several programs may append to it at once: each
 * append is one write at the file's end.
 *
 * @public
 */
export const auditFile = (path: string) => {
  let queued: AuditRow[] = [];
  let last: Promise<void> = Promise.resolve();

  const write = async () => {
    const rows = queued;
    queued = [];
    if (rows.length === 0) return;
    await makeFile(path);
    const { file, columns } = await openToAppend(path);
    try {
      const ending = closeAuditLine(await readSettledEnd(path));
      await file.appendFile(ending + printAuditRows(rows, columns));
      await file.sync();
    } finally {
      await file.close();
    }
  };

  return {
    path,
    /** The rows that are there; none without a file. */
    read: async (): Promise<AuditRow[]> => {
      const text = await readFile(path, 'utf8').catch(noFile);
      return text === undefined ? [] : parseAudit(text);
    },
    /**
     * Makes the file, and finds out whether it takes rows and the disk has room for some.
     * @throws InputError where it doesn't
     */
    prepare: async (): Promise<void> => {
      try {
        await makeFile(path);
        const file = await open(path, 'a');
        const isFile = (await file.stat()).isFile();
        await file.close();
        // The rows are read again, and a device such as /dev/full never ends.
        if (!isFile) {
          throw new InputError(
            `Can't write the audit to ${path}: it is no file. Give a file with --audit-output. Nothing was changed.`,
          );
        }
        const layout = await readLayout(path);
        if (!layout) throw noAudit(path, 'Nothing was changed.');
        await findRoom(path);
      } catch (error) {
        throw writeError(path, error, 'Nothing was changed.');
      }
    },
    /**
     * Resolves once the rows are on disk. Rows that come while others are being written go down together.
     * @throws InputError where they can't be written
     */
    append: (rows: readonly AuditRow[]): Promise<void> => {
      queued.push(...rows);
      last = last.then(write).catch(error => {
        throw writeError(
          path,
          error,
          'What was made before that stands: run it again, and roles and databases without a row get theirs.',
        );
      });
      return last;
    },
  };
};

/** No other file gets rows at its end, such as one that was named by mistake. */
const noAudit = (path: string, after: string) =>
  new InputError(
    `Can't write the audit to ${path}: ${NO_AUDIT}. Give another file with --audit-output, or move this one away. ${after}`,
  );

/** More than the header of any version has. */
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

/**
 * Opens the file to append rows of its columns; one with fewer than ours is upgraded first. Rows never go into a file
 * with fewer columns, so that none is lost when an upgraded one takes its place.
 */
const openToAppend = async (
  path: string,
): Promise<{ file: FileHandle; columns?: readonly string[] }> => {
  for (;;) {
    const file = await open(path, 'a+');
    try {
      // A device has no header; that it takes no rows it says itself.
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

/** As much as the rows of some hundred changes. */
const ROOM = Buffer.alloc(65_536);
const NO_ROOM = ['ENOSPC', 'EDQUOT'];

/** Only writing finds a full disk or quota out. */
const findRoom = async (path: string) => {
  const beside = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(beside, ROOM, { flush: true });
  } catch (error) {
    // A folder that takes no new file may still hold one that takes rows.
    if (NO_ROOM.includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error;
  } finally {
    await rm(beside, { force: true });
  }
};

const writeError = (path: string, error: unknown, after: string): Error => {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === '') return error as Error;
  const nextStep = NO_ROOM.includes(code)
    ? 'Make room there'
    : 'Make it writable';
  return new InputError(
    `Can't write the audit to ${path}: ${message}. ${nextStep}, or give another file with --audit-output. ${after}`,
    error as Error,
  );
};

/** The header arrives together with the file, so that two programs that start at once don't both write one. */
const makeFile = async (path: string) => {
  if (await stat(path).catch(noFile)) return;
  await makeFolder(dirname(path));
  const beside = `${path}.${randomUUID()}.tmp`;
  await writeFile(beside, AUDIT_HEADER, { mode: 0o644 });
  try {
    await link(beside, path).catch(alreadyThere);
  } finally {
    await rm(beside);
  }
};

/** Not mkdir's own `recursive`: that tries for ever where a folder takes no others, as /proc. */
const makeFolder = async (path: string) => {
  if (await stat(path).catch(noFile)) return;
  await makeFolder(dirname(path));
  await mkdir(path).catch(alreadyThere);
};

const alreadyThere = (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EEXIST') throw error;
};

/** Enough of the file's end to see whether its last line is whole. */
const END_BYTES = 16_384;

/** Longer than a row of another program takes that is being written just now. */
const SETTLED_MS = 150;

/** A line that a crash cut short stays as it is; one that is being written is whole a moment later. */
const readSettledEnd = async (path: string): Promise<string> => {
  let end = await readEnd(path);
  while (closeAuditLine(end) !== '') {
    await sleep(SETTLED_MS);
    const again = await readEnd(path);
    if (again === end) break;
    end = again;
  }
  return end;
};

const readEnd = async (path: string): Promise<string> => {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - END_BYTES);
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(size - start),
      0,
      size - start,
      start,
    );
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
};

const noFile = (error: NodeJS.ErrnoException) => {
  if (error.code === 'ENOENT') return undefined;
  throw error;
};
