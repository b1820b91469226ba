import { AUDIT_COLUMNS, AuditRow } from '@goldenpath/plugin-golden-path-common';
import fc from 'fast-check';
import type { DesiredDatabase } from '../../provision/decide/desired';
import {
  PresentObject,
  findPresent,
  findUnrecorded,
} from '../../provision/decide/findUnrecorded';
import {
  DATABASE,
  ROLE,
  SERVER,
  NOTHING_UNDECLARED,
} from '../../provision/testing/observed';
import { ROW } from '../testing/row';
import {
  AUDIT_HEADER,
  detectAuditLayout,
  closeAuditLine,
  parseAudit,
  printAuditRows,
  upgradeAudit,
  withAuditRows,
} from './auditCsv';

const row: AuditRow = {
  ...ROW,
  message: 'create role users: the role does not exist',
};

describe('the audit', () => {
  it.each([
    {
      message: 'said "no", twice',
      printed: '"said ""no"", twice"',
      reason: 'RFC 4180',
    },
    { message: 'one\r\n\ttwo', printed: 'one two', reason: 'a row is a line' },
    {
      message: '=HYPERLINK("x")',
      printed: `"'=HYPERLINK(""x"")"`,
      reason: 'no formula',
    },
    { message: '@SUM(1)', printed: `'@SUM(1)`, reason: 'no formula' },
    { message: '-1+1', printed: `'-1+1`, reason: 'no formula' },
    { message: '+1', printed: `'+1`, reason: 'no formula' },
    { message: '\t=1', printed: `'=1`, reason: 'no formula behind a tab' },
    { message: '\r=1', printed: `'=1`, reason: 'no formula behind a CR' },
  ])('$reason: $message', ({ message, printed }) => {
    expect(printAuditRows([{ ...row, message }])).toBe(
      `2026-11-24T10:00:00.000Z,dev,,7,users_db,users,create_role,success,3,${printed},\n`,
    );
  });

  it.each([
    { build_id: '\t=1', printed: `'=1` },
    { build_id: '\r=1', printed: `'=1` },
    { build_id: '=1', printed: `'=1` },
    { build_id: '@x', printed: `'@x` },
  ])(
    'keeps formulas out of every column: $printed',
    ({ build_id, printed }) => {
      expect(printAuditRows([{ ...row, build_id, message: '' }])).toBe(
        `2026-11-24T10:00:00.000Z,dev,${printed},7,users_db,users,create_role,success,3,,\n`,
      );
    },
  );

  it.each(['\n', '\r\n', '\u0085', '\u2028', '\u2029', '\v', '\0', '\u001b'])(
    'is one line whichever column has %j',
    character => {
      const broken = Object.fromEntries(
        Object.keys(row).map(column => [column, `a${character}b`]),
      ) as typeof row;
      expect(printAuditRows([broken])).toBe(
        `${Object.keys(row)
          .map(() => 'a b')
          .join(',')}\n`,
      );
    },
  );

  it('survives printing and parsing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string().map(text => text.replace(/\s+/g, ' ').trim())),
        messages => {
          fc.pre(messages.every(text => !/^[=+\-@＝＋－＠]/.test(text)));
          const rows = messages.map(message => ({ ...row, message }));
          expect(parseAudit(AUDIT_HEADER + printAuditRows(rows))).toEqual(rows);
        },
      ),
    );
  });

  it('parses the rows with some actions, whatever the other lines are', () => {
    const created = { ...row, action: 'create_role' as const };
    const other = { ...row, action: 'grant' as const, message: 'a, "b"' };
    const text = `${AUDIT_HEADER}${printAuditRows([
      created,
      other,
    ])}2026-11-24T10:00:00.000Z,dev,,,"half a\n${printAuditRows([created])}`;
    expect(parseAudit(text, ['create_role', 'create_database'])).toEqual([
      created,
      created,
    ]);
    expect(parseAudit(AUDIT_HEADER, ['grant'])).toEqual([]);
  });

  it('continues after a row that a crash truncated at any position', () => {
    const line = printAuditRows([{ ...row, message: 'said "no", and left' }]);
    for (let length = 1; length < line.length; length += 1) {
      const cut = AUDIT_HEADER + line.slice(0, length);
      const text = cut + closeAuditLine(cut) + printAuditRows([row]);
      expect(parseAudit(text).slice(-1)).toEqual([row]);
    }
    expect(closeAuditLine(AUDIT_HEADER + line)).toBe('');
  });

  it('lists the actions without a row', () => {
    const there = [
      { database: 'users_db', username: 'users' },
      { database: 'orders', username: 'orders_user' },
    ].flatMap((names): PresentObject[] => [
      { action: 'create_role', ...names },
      { action: 'create_database', ...names },
    ]);
    expect(
      findUnrecorded(there, [
        row,
        { ...row, action: 'create_database', status: 'failed' },
        {
          ...row,
          action: 'create_role',
          database: 'orders',
          username: 'orders_user',
          status: 'no_change',
        },
        {
          ...row,
          action: 'create_database',
          database: 'orders',
          username: 'orders_user',
        },
      ]),
    ).toEqual([
      { action: 'create_database', database: 'users_db', username: 'users' },
    ]);
  });

  it.each([
    {
      comment: 'Managed by goldenpath-rds: secret p, version v0',
      owner: 'users',
      actions: ['create_role', 'create_database'],
      reason: 'both are ours, of whatever version',
    },
    {
      comment: 'Managed by goldenpath-rds: secret p, version v1',
      owner: 'somebody',
      actions: ['create_role'],
      reason: "the database is another role's",
    },
    {
      comment: 'Managed by goldenpath-rds: secret q, version v1',
      owner: 'users',
      actions: [],
      reason: "the role is another secret's",
    },
    { comment: undefined, owner: 'users', actions: [], reason: 'no mark' },
  ])('records what exists: $reason', ({ comment, owner, actions }) => {
    const present = findPresent([desired], {
      server: SERVER,
      roles: new Map([['users', { ...ROLE, comment }]]),
      databases: new Map([['users_db', { ...DATABASE, owner }]]),
      clones: new Map(),
      logins: new Map(),
      undeclared: NOTHING_UNDECLARED,
      objects: new Map(),
    });
    expect(present).toEqual(
      actions.map(action => ({
        action,
        database: 'users_db',
        username: 'users',
      })),
    );
  });
});

describe('audits of other versions', () => {
  const other: AuditRow = { ...row, database: 'orders' };
  /** An audit file with these columns and one row. */
  const fileOf = (columns: string[], rows: object[] = [row]) =>
    `${columns.join(',')}\n${printAuditRows(rows as AuditRow[], columns)}`;
  const fewer = AUDIT_COLUMNS.slice(0, 8);
  const more = [...AUDIT_COLUMNS, 'secret_version', 'actor'];

  it.each([
    { columns: [...AUDIT_COLUMNS], version: 'ours', reason: 'the same' },
    { columns: fewer, version: 'older', reason: 'fewer' },
    { columns: ['timestamp_utc'], version: 'older', reason: 'one' },
    { columns: more, version: 'newer', reason: 'more behind them' },
  ])('are recognized by their columns: $reason', ({ columns, version }) => {
    for (const eol of ['\n', '\r\n'])
      expect(detectAuditLayout(columns.join(',') + eol)).toEqual({
        version,
        columns,
      });
  });

  it.each([
    { header: '# Notes\n', reason: 'another file' },
    { header: '', reason: 'an empty file' },
    { header: '\n', reason: 'an empty line' },
    { header: fewer.join(','), reason: 'a line without its end' },
    {
      header: `${[...AUDIT_COLUMNS].reverse().join(',')}\n`,
      reason: 'another order',
    },
    {
      header: `${['actor', ...AUDIT_COLUMNS].join(',')}\n`,
      reason: 'a new column that is not the last',
    },
    {
      header: `${AUDIT_COLUMNS.join(',').replace('status', 'state')}\n`,
      reason: 'another name',
    },
  ])('are refused with $reason', ({ header }) => {
    expect(detectAuditLayout(header)).toBeUndefined();
    expect(() =>
      withAuditRows({ path: 'audit.csv', text: `${header}x` }, [row]),
    ).toThrow(
      `audit.csv is not an audit file: expected the header ${AUDIT_HEADER.trim()}.`,
    );
  });

  it.each([
    {
      reason: 'fewer',
      columns: fewer,
      lost: ['duration_ms', 'message', 'run_url'],
    },
    { reason: 'the same', columns: [...AUDIT_COLUMNS], lost: [] },
    { reason: 'more', columns: more, lost: [] },
  ])('are read: $reason columns', ({ columns, lost }) => {
    expect(parseAudit(fileOf(columns))).toMatchObject([
      { ...row, ...Object.fromEntries(lost.map(name => [name, ''])) },
    ]);
  });

  it('are upgraded at the next write if they have fewer columns', () => {
    const cut = '2026-11-24T10:00:00.000Z,dev,,"half';
    const old = parseAudit(fileOf(fewer))[0];
    expect(
      withAuditRows({ path: 'x', text: `${fileOf(fewer)}${cut}` }, [
        old,
        other,
      ]),
    ).toBe(
      `${AUDIT_HEADER}${printAuditRows([old])}${cut}"\n${printAuditRows([
        other,
      ])}`,
    );
    expect(
      withAuditRows({ path: 'x', text: fileOf(fewer) }, [old]),
    ).toBeUndefined();
  });

  it('keep extra columns, and appended rows have the same number', () => {
    const text = fileOf(more, [{ ...row, secret_version: 'v7', actor: 'a,b' }]);
    const added = withAuditRows({ path: 'x', text }, [row, other])!;
    expect(added.startsWith(text)).toBe(true);
    expect(added.slice(text.length)).toBe(
      printAuditRows([other]).replace('\n', ',,\n'),
    );
    expect(parseAudit(added)).toMatchObject([
      { ...row, secret_version: 'v7', actor: 'a,b' },
      { ...other, secret_version: '', actor: '' },
    ]);
    expect(upgradeAudit(added)).toBe(added);
  });

  it('are upgraded to the text that this version writes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: AUDIT_COLUMNS.length }),
        fc.array(fc.string(), { maxLength: 4 }),
        fc.constantFrom('\n', '\r\n'),
        (count, names, eol) => {
          const columns = AUDIT_COLUMNS.slice(0, count);
          const rows = names.map(name => ({
            ...row,
            timestamp_utc: `t${name.replace(/\s/g, ' ')}`,
          }));
          const text = fileOf(columns, rows);
          const upgraded = upgradeAudit(text.replaceAll('\n', eol));
          expect(parseAudit(upgraded)).toEqual(parseAudit(text));
          expect(detectAuditLayout(upgraded)?.version).toBe('ours');
        },
      ),
    );
  });
});

const desired: DesiredDatabase = {
  databaseName: 'users_db',
  username: 'users',
  login: 'users',
  createdb: false,
  connectionLimit: -1,
  secret: { path: 'p', versionId: 'v1' },
};
