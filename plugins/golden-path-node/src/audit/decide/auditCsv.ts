import { InputError } from '@backstage/errors';
import { AUDIT_COLUMNS, AuditRow } from '@goldenpath/plugin-golden-path-common';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';

/** The first line of the audit. */
export const AUDIT_HEADER = `${AUDIT_COLUMNS.join(',')}\n`;

/**
 * Which version wrote an audit, by its columns: new ones come last. `older` has fewer than ours and is upgraded at the
 * next write; `newer` has more, and keeps them.
 */
export interface AuditLayout {
  version: 'older' | 'ours' | 'newer';
  columns: readonly string[];
}

/** The layout of an audit by its first line; undefined where that is no header of one. */
export const auditLayoutOf = (text: string): AuditLayout | undefined => {
  const end = text.indexOf('\n');
  if (end === -1) return undefined;
  const [columns = []] = parseRecords(text.slice(0, end));
  const shared = Math.min(columns.length, AUDIT_COLUMNS.length);
  const isAudit =
    shared > 0 &&
    AUDIT_COLUMNS.slice(0, shared).every((name, i) => name === columns[i]);
  return isAudit ? { version: versionOf(columns.length), columns } : undefined;
};

const versionOf = (columns: number): AuditLayout['version'] => {
  if (columns === AUDIT_COLUMNS.length) return 'ours';
  return columns < AUDIT_COLUMNS.length ? 'older' : 'newer';
};

/** What is wrong with a file that has no header of an audit. */
export const NO_AUDIT = `not an audit file: expected the header ${AUDIT_HEADER.trim()}`;

/**
 * Rows as RFC 4180 has them, each one line. A field that a spreadsheet would take for a formula begins with `'`.
 * @param columns - of the file that they go into; what a row doesn't have is empty
 */
export const printAuditRows = (
  rows: readonly AuditRow[],
  columns: readonly string[] = AUDIT_COLUMNS,
): string =>
  stringify(
    rows.map(row => ({ ...row, message: oneLine(row.message) })),
    { columns: [...columns], escape_formulas: true },
  );

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

/**
 * The rows of an audit, whichever version wrote it: columns that it lacks are empty, further ones are kept. Lines that
 * were cut short by a crash are left out.
 */
export const parseAudit = (text: string): AuditRow[] => {
  const { columns = [] } = auditLayoutOf(text) ?? {};
  const empty = Object.fromEntries(AUDIT_COLUMNS.map(column => [column, '']));
  return parseRecords(text)
    .slice(1)
    .filter(({ length }) => length === columns.length)
    .map(
      fields =>
        ({
          ...empty,
          ...Object.fromEntries(
            columns.map((column, index) => [column, fields[index]]),
          ),
        } as unknown as AuditRow),
    );
};

const parseRecords = (text: string) =>
  parse(text + closeAuditLine(text), {
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  }) as string[][];

/** An older audit with all columns, the new ones empty. Lines that were cut short stay as they are. */
export const upgradeAudit = (text: string): string => {
  const layout = auditLayoutOf(text);
  if (layout?.version !== 'older') return text;
  const missing = ','.repeat(AUDIT_COLUMNS.length - layout.columns.length);
  return text
    .split('\n')
    .map((line, index) => {
      if (index === 0) return AUDIT_HEADER.trim();
      const [fields = []] = parseRecords(line);
      return fields.length === layout.columns.length
        ? line.replace(/\r?$/, missing)
        : line;
    })
    .join('\n');
};

/** What ends an audit's last line where a crash cut it short; empty where it ends as it should. */
export const closeAuditLine = (text: string): string => {
  const last = text.slice(text.lastIndexOf('\n') + 1);
  if (last === '') return '';
  const isQuoteOpen = (last.match(/"/g) ?? []).length % 2 === 1;
  return isQuoteOpen ? '"\n' : '\n';
};

/**
 * An audit's text with those of the rows at its end that it doesn't have yet; undefined where it has them all.
 * @param file - its text is undefined where there is no audit yet
 * @throws InputError where the file is no audit
 */
export const withAuditRows = (
  { path, text }: { path: string; text: string | undefined },
  rows: readonly AuditRow[],
): string | undefined => {
  const before = upgradeAudit(text || AUDIT_HEADER);
  const layout = auditLayoutOf(before);
  if (!layout) throw new InputError(`${path} is ${NO_AUDIT}.`);
  // The columns of every version tell whether a row is there.
  const idOf = (row: AuditRow) => printAuditRows([row]);
  const known = new Set(parseAudit(before).map(idOf));
  const missing = rows.filter(row => !known.has(idOf(row)));
  return missing.length === 0
    ? undefined
    : before + closeAuditLine(before) + printAuditRows(missing, layout.columns);
};
