import type {
  AuditAction,
  AuditRow,
} from '@goldenpath/plugin-golden-path-common';
import type { AuditRowSeen, AuditSeen } from './evidence';
import { maskSecrets } from './maskSecrets';

/** Actions that show the login's password is the one of the secret. */
const CREDENTIALS: readonly AuditAction[] = [
  'create_role',
  'set_password',
  'adopt',
];
/** Actions of a run that end the lock of a role: its attributes are as declared again. */
const UNLOCKING: readonly AuditAction[] = ['alter_role', 'adopt'];
const LONGEST_MESSAGE = 300;
/** Anybody's text is only read so far; long enough for the end of a secret that begins in what is kept. */
const READ_OF_MESSAGE = 3_000;

/**
 * Summarizes an environment's audit by database name.
 * @param rows - in the order of the file, oldest first
 * @param linkOf - the page of the row's run
 */
export const summarizeAudit = (
  rows: readonly AuditRow[],
  linkOf: (row: AuditRow) => string | undefined,
): Map<string, AuditSeen> => {
  const found = new Map<string, AuditSeen>();
  for (const row of rows) {
    if (row.database === '') {
      // A run that succeeded had nothing left to do where an earlier one failed. Rotations are other runs.
      if (row.action === 'observe' && row.status === 'success')
        for (const seen of found.values())
          if (seen.failed && seen.failed.action !== 'rotate_password')
            delete seen.failed;
      continue;
    }
    const at = toTime(row.timestamp_utc);
    if (!at) continue;
    // The role didn't exist: what is older is about a database that is gone, as a role that owns one can't be dropped.
    const isNewRole = row.action === 'create_role' && row.status === 'success';
    const seen = isNewRole ? {} : found.get(row.database) ?? {};
    found.set(row.database, seen);
    const page = linkOf(row);
    const it: AuditRowSeen = page ? { at, url: page } : { at };
    if (row.status === 'failed') {
      seen.failed = {
        ...it,
        action: row.action,
        message: maskSecrets(row.message.slice(0, READ_OF_MESSAGE)).slice(
          0,
          LONGEST_MESSAGE,
        ),
      };
      continue;
    }
    if (!isOfRotation(seen.failed?.action) || isOfRotation(row.action))
      delete seen.failed;
    if (CREDENTIALS.includes(row.action)) seen.credentials ??= it;
    if (row.action === 'create_database' || row.action === 'adopt')
      seen.created = row.status === 'success' ? it : seen.created ?? it;
    if (row.action === 'rotate_password') seen.rotated = it;
    if (row.action === 'retire') {
      seen.retired = it;
      delete seen.unlocked;
    }
    if (seen.retired && UNLOCKING.includes(row.action)) {
      delete seen.retired;
      seen.unlocked = it;
    }
  }
  return found;
};

const isOfRotation = (action: string | undefined) =>
  action === 'rotate_password' || action === 'create_clone';

/** As ISO 8601 with milliseconds; undefined for what is no time. */
const toTime = (text: string): string | undefined => {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
};
