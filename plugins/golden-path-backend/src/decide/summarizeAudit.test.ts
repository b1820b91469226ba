import type { AuditRow } from '@goldenpath/plugin-golden-path-common';
import { summarizeAudit } from './summarizeAudit';

let minute = 0;
const row = (
  action: AuditRow['action'],
  status: AuditRow['status'] = 'success',
  database = 'users_db',
): AuditRow => ({
  timestamp_utc: `2026-11-24T10:${String((minute += 1)).padStart(2, '0')}:00Z`,
  environment: 'dev',
  build_id: '1',
  run_id: '8',
  database,
  username: 'users_app',
  action,
  status,
  duration_ms: '5',
  message: status === 'failed' ? 'no connection' : '',
  run_url: '',
});
const observed = (status: AuditRow['status'] = 'success') =>
  row('observe', status, '');

describe('the audit of a database', () => {
  beforeEach(() => {
    minute = 0;
  });

  it.each([
    {
      reason: 'everything was made',
      rows: () => [row('create_role'), row('create_database')],
      has: ['created', 'credentials'],
    },
    {
      reason: 'it was there before',
      rows: () => [
        row('create_role', 'no_change'),
        row('create_database', 'no_change'),
      ],
      has: ['created', 'credentials'],
    },
    {
      reason: 'it was adopted',
      rows: () => [row('adopt')],
      has: ['created', 'credentials'],
    },
    {
      reason: 'a step failed',
      rows: () => [row('create_role'), row('create_database', 'failed')],
      has: ['credentials', 'failed'],
    },
    {
      reason: 'it was refused',
      rows: () => [row('refuse', 'failed'), observed('failed')],
      has: ['failed'],
    },
    {
      reason: 'a failed step was done later',
      rows: () => [row('create_role', 'failed'), row('create_role')],
      has: ['credentials'],
    },
    {
      reason: 'a later run had nothing to do',
      rows: () => [row('grant', 'failed'), observed()],
      has: [],
    },
    {
      reason: 'a later run rejected others',
      rows: () => [row('grant', 'failed'), observed('failed')],
      has: ['failed'],
    },
    {
      reason: 'a rotation failed, and a later apply is no news',
      rows: () => [row('rotate_password', 'failed'), observed(), row('grant')],
      has: ['failed'],
    },
    {
      reason: 'a rotation failed, and the next did not',
      rows: () => [row('rotate_password', 'failed'), row('rotate_password')],
      has: ['rotated'],
    },
    { reason: 'it is locked', rows: () => [row('retire')], has: ['retired'] },
    {
      reason: 'it is locked, and the next run unlocks it',
      rows: () => [row('retire'), row('alter_role')],
      has: ['unlocked'],
    },
    {
      reason: 'it is locked, and a run failed to unlock it',
      rows: () => [row('retire'), row('alter_role', 'failed')],
      has: ['failed', 'retired'],
    },
    {
      reason: 'it is locked again',
      rows: () => [row('retire'), row('alter_role'), row('retire')],
      has: ['retired'],
    },
    {
      reason: 'its role is created a second time',
      rows: () => [
        row('create_role'),
        row('create_database'),
        row('rotate_password'),
        row('retire'),
        row('create_role'),
      ],
      has: ['credentials'],
    },
    {
      reason: 'the time is none',
      rows: () => [{ ...row('create_role'), timestamp_utc: '' }],
      has: undefined,
    },
    {
      reason: 'only the run is recorded',
      rows: () => [observed()],
      has: undefined,
    },
  ])('$has: $reason', ({ rows, has }) => {
    const seen = summarizeAudit(rows(), () => undefined).get('users_db');
    expect(seen && Object.keys(seen).sort()).toEqual(has);
  });

  it('has the last creation, the last rotation, and their runs', () => {
    const rows = [
      row('create_database'),
      row('rotate_password'),
      row('create_database'),
      row('rotate_password'),
    ];
    expect(
      summarizeAudit(rows, ({ run_id: id }) => `https://x/${id}`).get(
        'users_db',
      ),
    ).toEqual({
      created: { at: '2026-11-24T10:03:00.000Z', url: 'https://x/8' },
      rotated: { at: '2026-11-24T10:04:00.000Z', url: 'https://x/8' },
    });
  });

  it('keeps the time of a creation that later runs only find', () => {
    const rows = [row('create_database'), row('create_database', 'no_change')];
    expect(
      summarizeAudit(rows, () => undefined).get('users_db')?.created,
    ).toEqual({ at: '2026-11-24T10:01:00.000Z' });
  });
});
