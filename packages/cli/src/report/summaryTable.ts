import type { DatabaseResult } from '@goldenpath/plugin-golden-path-node';
import type CliTable3 from 'cli-table3';

/** Loaded on first use. */
const cliTable = (): typeof CliTable3 => require('cli-table3');

/** Formats the databases of a run as a table, followed by their problems as lines that can be copied. */
export const formatSummaryTable = (
  results: readonly DatabaseResult[],
): string[] => {
  const Table = cliTable();
  const table = new Table({
    head: ['Database', 'User', 'Outcome', 'Changes'],
    colAligns: ['left', 'left', 'left', 'right'],
    style: { head: [], border: [], compact: true },
  });
  table.push(
    ...results.map(({ database, username, outcome, changes }) => [
      database,
      username,
      outcome,
      changes,
    ]),
  );
  return [
    ...table.toString().split('\n'),
    ...results.flatMap(({ database, problems }) =>
      problems.map(problem => `${database}: ${problem}`),
    ),
  ];
};

/** Width of the table with names of usual length. */
export const TABLE_COLUMNS = 80;
