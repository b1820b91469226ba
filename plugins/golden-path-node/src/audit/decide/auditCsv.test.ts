import { AuditRow } from '@goldenpath/plugin-golden-path-common';
import fc from 'fast-check';
import type { DesiredDatabase } from '../../provision/decide/desired';
import type {
  ObservedDatabase,
  ObservedRole,
  ObservedServer,
} from '../../provision/decide/observation';
import {
  PresentObject,
  findPresent,
  findUnrecorded,
} from '../../provision/decide/unrecorded';
import {
  AUDIT_HEADER,
  closeAuditLine,
  parseAudit,
  printAuditRows,
} from './auditCsv';

const row: AuditRow = {
  timestamp_utc: '2026-11-24T10:00:00.000Z',
  environment: 'dev',
  build_id: '',
  run_id: '7',
  database: 'users_db',
  username: 'users',
  action: 'create_role',
  status: 'success',
  duration_ms: '3',
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
      `2026-11-24T10:00:00.000Z,dev,,7,users_db,users,create_role,success,3,${printed}\n`,
    );
  });

  it.each([
    { build_id: '\t=1', printed: `'\t=1` },
    { build_id: '\r=1', printed: `"'\r=1"` },
    { build_id: '=1', printed: `'=1` },
    { build_id: '@x', printed: `'@x` },
  ])(
    'keeps formulas out of every column: $printed',
    ({ build_id, printed }) => {
      expect(printAuditRows([{ ...row, build_id, message: '' }])).toBe(
        `2026-11-24T10:00:00.000Z,dev,${printed},7,users_db,users,create_role,success,3,\n`,
      );
    },
  );

  it('is read back as it was written', () => {
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

  it('goes on behind a row that a crash cut short, wherever it was cut', () => {
    const line = printAuditRows([{ ...row, message: 'said "no", and left' }]);
    for (let length = 1; length < line.length; length += 1) {
      const cut = AUDIT_HEADER + line.slice(0, length);
      const text = cut + closeAuditLine(cut) + printAuditRows([row]);
      expect(parseAudit(text).slice(-1)).toEqual([row]);
    }
    expect(closeAuditLine(AUDIT_HEADER + line)).toBe('');
  });

  it('knows what it has no row of', () => {
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
      reason: "the database is somebody else's",
    },
    {
      comment: 'Managed by goldenpath-rds: secret q, version v1',
      owner: 'users',
      actions: [],
      reason: "the role is another secret's",
    },
    { comment: undefined, owner: 'users', actions: [], reason: 'no mark' },
  ])('says what is there: $reason', ({ comment, owner, actions }) => {
    const present = findPresent([wanted], {
      server,
      roles: new Map([['users', { ...role, comment }]]),
      databases: new Map([['users_db', { ...database, owner }]]),
      logins: new Map(),
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

const wanted: DesiredDatabase = {
  databaseName: 'users_db',
  username: 'users',
  createdb: false,
  connectionLimit: -1,
  secret: { path: 'p', versionId: 'v1' },
};
const server: ObservedServer = {
  version: 180004,
  versionName: '18.4',
  currentUser: 'the_master',
  isSuperuser: false,
  canCreateDatabases: true,
  canCreateRoles: true,
  isInRecovery: false,
  backendPid: 1,
  freeConnections: 100,
};
const role: ObservedRole = {
  name: 'users',
  canLogin: true,
  createdb: false,
  createrole: false,
  powers: [],
  connectionLimit: -1,
  expires: false,
  memberOf: [],
  isOursToAlter: true,
  isOursToActAs: true,
};
const database: ObservedDatabase = {
  name: 'users_db',
  owner: 'users',
  encoding: 'UTF8',
  publicPrivileges: [],
  ownerPrivileges: [],
};
