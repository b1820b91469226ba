import { AUDIT_COLUMNS, AuditRow } from '@goldenpath/plugin-golden-path-common';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';

/** The first line of the audit. */
export const AUDIT_HEADER = `${AUDIT_COLUMNS.join(',')}\n`;

/**
 * Rows as RFC 4180 has them, each one line. A field that a spreadsheet would take for a formula begins with `'`.
 */
export const printAuditRows = (rows: readonly AuditRow[]): string =>
  stringify(
    rows.map(row => ({ ...row, message: oneLine(row.message) })),
    { columns: [...AUDIT_COLUMNS], escape_formulas: true },
  );

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

/** The rows of an audit. Lines that were cut short by a crash are left out. */
export const parseAudit = (text: string): AuditRow[] =>
  (
    parse(text, {
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
    }) as string[][]
  )
    .slice(1)
    .filter(({ length }) => length === AUDIT_COLUMNS.length)
    .map(
      fields =>
        Object.fromEntries(
          AUDIT_COLUMNS.map((column, index) => [column, fields[index]]),
        ) as unknown as AuditRow,
    );

/** What ends an audit's last line where a crash cut it short; empty where it ends as it should. */
export const closeAuditLine = (text: string): string => {
  const last = text.slice(text.lastIndexOf('\n') + 1);
  if (last === '') return '';
  const isQuoteOpen = (last.match(/"/g) ?? []).length % 2 === 1;
  return isQuoteOpen ? '"\n' : '\n';
};

/**
 * An audit's text with those of the rows at its end that it doesn't have yet; undefined where it has them all.
 * @param text - undefined where there is no audit yet
 */
export const withAuditRows = (
  text: string | undefined,
  rows: readonly AuditRow[],
): string | undefined => {
  const lineOf = (row: AuditRow) => printAuditRows([row]);
  const before = text ?? AUDIT_HEADER;
  const known = new Set(parseAudit(before).map(lineOf));
  const missing = rows.map(lineOf).filter(line => !known.has(line));
  return missing.length === 0
    ? undefined
    : before + closeAuditLine(before) + missing.join('');
};
