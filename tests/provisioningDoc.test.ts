import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  AUDIT_ACTIONS,
  AUDIT_COLUMNS,
  AUDIT_STATUSES,
} from '@goldenpath/plugin-golden-path-common';
import { createProgram } from '../packages/cli/src';
import type { Terminal } from '../packages/cli/src/terminal';
import { tableAfter } from './support/markdownTable';

const SILENT: Terminal = {
  env: {},
  out: () => {},
  err: () => {},
  now: () => new Date(0),
  endWith: () => {},
};

const page = readFileSync(
  join(resolve(__dirname, '..'), 'docs/provisioning.md'),
  'utf8',
);
/** The names in backticks, in the order of the text. */
const namesIn = (text: string) =>
  [...text.matchAll(/`([^`]+)`/g)].map(match => match[1]);

describe('docs/provisioning.md', () => {
  const audit = tableAfter(page, '## The audit');
  const meaningOf = (column: string) =>
    audit.find(row => row.column === `\`${column}\``)?.[''] ?? '';

  it('lists the columns of the audit in their order', () => {
    expect(audit.flatMap(row => namesIn(row.column))).toEqual(AUDIT_COLUMNS);
  });

  it('lists every action and every status of the audit', () => {
    expect(namesIn(meaningOf('action')).sort()).toEqual(
      [...AUDIT_ACTIONS].sort(),
    );
    expect(namesIn(meaningOf('status')).sort()).toEqual(
      [...AUDIT_STATUSES].sort(),
    );
  });

  it('lists every option of provision', () => {
    const provision = createProgram(SILENT).commands.find(
      command => command.name() === 'provision',
    );
    const documented = tableAfter(page, '## Options').flatMap(row =>
      namesIn(row.option),
    );
    expect(documented.sort()).toEqual(
      provision?.options.map(option => option.long).sort(),
    );
  });
});
