import type { AuditRow } from '@goldenpath/plugin-golden-path-common';
import { ROW } from '../testing/row';
import { mergeWaitingRows } from './mergeWaitingRows';

const row = (more: Partial<AuditRow> = {}): AuditRow => ({
  ...ROW,
  ...more,
});
const thereAlready = row({ status: 'no_change', message: 'was there already' });

describe('mergeWaitingRows', () => {
  it.each([
    {
      reason: 'no rows wait',
      waiting: [],
      rows: [thereAlready],
      merged: [thereAlready],
    },
    {
      reason: 'a waiting row records the same',
      waiting: [row()],
      rows: [thereAlready, row({ action: 'observe' })],
      merged: [row(), row({ action: 'observe' })],
    },
    {
      reason: 'the waiting row failed',
      waiting: [row({ status: 'failed' })],
      rows: [thereAlready],
      merged: [row({ status: 'failed' }), thereAlready],
    },
    {
      reason: "what waits is another database's",
      waiting: [row({ database: 'orders' })],
      rows: [thereAlready],
      merged: [row({ database: 'orders' }), thereAlready],
    },
    {
      reason: 'the row is another change',
      waiting: [row()],
      rows: [row({ run_id: '8' })],
      merged: [row(), row({ run_id: '8' })],
    },
  ])('$reason', ({ waiting, rows, merged }) => {
    expect(mergeWaitingRows(waiting, rows)).toEqual(merged);
  });
});
