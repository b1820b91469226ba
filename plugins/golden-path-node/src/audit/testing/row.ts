import type { AuditRow } from '@goldenpath/plugin-golden-path-common';

/** What one run did to one role. */
export const ROW: AuditRow = {
  timestamp_utc: '2026-11-24T10:00:00.000Z',
  environment: 'dev',
  build_id: '',
  run_id: '7',
  database: 'users_db',
  username: 'users',
  action: 'create_role',
  status: 'success',
  duration_ms: '3',
  message: '',
  run_url: '',
};
