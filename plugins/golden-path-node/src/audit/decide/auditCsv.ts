import { InputError } from '@backstage/errors';
import {
  AUDIT_COLUMNS,
  AuditAction,
  AuditRow,
} from '@goldenpath/plugin-golden-path-common';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';

/** The first line of the audit. */
export const AUDIT_HEADER = `${AUDIT_COLUMNS.join(',')}\n`;

/**
 * The version of an audit file, identified by its columns; a new version appends columns. An `older` file has fewer columns than
 * ours and is upgraded at the next write. A `newer` one has more and keeps them.
 */
export interface AuditLayout {
  version: 'older' | 'ours' | 'newer';
  columns: readonly string[];
}

/** The layout of an audit file by its first line; undefined if that is not an audit header. */
export const detectAuditLayout = (text: string): AuditLayout | undefined => {
  if (text.startsWith(AUDIT_HEADER))
    return { version: 'ours', columns: AUDIT_COLUMNS };
  const end = text.indexOf('\n');
  if (end === -1) return undefined;
  const [columns = []] = parseRecords(text.slice(0, end));
  const shared = Math.min(columns.length, AUDIT_COLUMNS.length);
  const isAudit =
    shared > 0 &&
    AUDIT_COLUMNS.slice(0, shared).every((name, i) => name === columns[i]);
  return isAudit
    ? { version: detectVersion(columns.length), columns }
    : undefined;
};

const detectVersion = (columns: number): AuditLayout['version'] => {
  if (columns === AUDIT_COLUMNS.length) return 'ours';
  return columns < AUDIT_COLUMNS.length ? 'older' : 'newer';
};

/** The message for a file without an audit header. */
export const NO_AUDIT = `not an audit file: expected the header ${AUDIT_HEADER.trim()}`;

/**
 * Prints rows as RFC 4180 CSV, one line each. A `'` precedes a field that a spreadsheet would read as a formula.
 * @param columns - the columns of the file; a field that a row lacks is empty
 *
 * @public
 */
export const printAuditRows = (
  rows: readonly AuditRow[],
  columns: readonly string[] = AUDIT_COLUMNS,
): string =>
  stringify(
    rows.map(row =>
      Object.fromEntries(
        Object.entries(row).map(([column, text]) => [column, oneLine(text)]),
      ),
    ),
    { columns: [...columns], escape_formulas: true },
  );

/** merge=union, grep and a row that a crash cut short all count on a row being a line. */
const oneLine = (text: string) => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();

/**
 * Parses the rows of an audit file of any version. Missing columns are empty, extra ones are kept. Lines that a crash
 * truncated are skipped.
 * @param actions - parses only rows with these actions: a row is a line, and parsing takes long in an audit of thousands
 *
 * @public
 */
export const parseAudit = (
  text: string,
  actions?: readonly AuditAction[],
): AuditRow[] => {
  const { columns = [] } = detectAuditLayout(text) ?? {};
  const empty = Object.fromEntries(AUDIT_COLUMNS.map(column => [column, '']));
  return parseRecords(actions ? selectLines(text, actions) : text)
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

/** The header, and the lines that may be rows with one of the actions. */
const selectLines = (text: string, actions: readonly AuditAction[]): string => {
  const wanted = actions.map(action => `,${action},`);
  return text
    .split('\n')
    .filter((line, n) => n === 0 || wanted.some(part => line.includes(part)))
    .join('\n');
};

const parseRecords = (text: string) =>
  parse(text + closeAuditLine(text), {
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  }) as string[][];

/** Adds the missing columns, empty, to an older audit file. Truncated lines stay as they are. */
export const upgradeAudit = (text: string): string => {
  const layout = detectAuditLayout(text);
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

/** The text that completes a truncated last line; empty if the line is complete. */
export const closeAuditLine = (text: string): string => {
  const last = text.slice(text.lastIndexOf('\n') + 1);
  if (last === '') return '';
  const isQuoteOpen = (last.match(/"/g) ?? []).length % 2 === 1;
  return isQuoteOpen ? '"\n' : '\n';
};

/**
 * Appends the rows that the audit file lacks.
 * @param file - its text is undefined if the file does not exist
 * @returns the new text; undefined if no row is missing
 * @throws InputError if the file is not an audit file
 */
export const withAuditRows = (
  { path, text }: { path: string; text: string | undefined },
  rows: readonly AuditRow[],
): string | undefined => {
  const before = upgradeAudit(text || AUDIT_HEADER);
  const layout = detectAuditLayout(before);
  if (!layout) throw new InputError(`${path} is ${NO_AUDIT}.`);
  const missing = selectMissingRows(parseAudit(before), rows);
  return missing.length === 0
    ? undefined
    : before + closeAuditLine(before) + printAuditRows(missing, layout.columns);
};

/** Selects the rows that are not among the known ones. Compares our columns, which files of every version share. */
export const selectMissingRows = (
  known: readonly AuditRow[],
  rows: readonly AuditRow[],
): AuditRow[] => {
  const idOf = (row: AuditRow) => printAuditRows([row]);
  const ids = new Set(known.map(idOf));
  return rows.filter(row => !ids.has(idOf(row)));
};
