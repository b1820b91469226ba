/**
 * The columns of the audit, in the order of the file.
 *
 * @public
 */
export const AUDIT_COLUMNS = [
  'timestamp_utc',
  'environment',
  'build_id',
  'run_id',
  'database',
  'username',
  'action',
  'status',
  'duration_ms',
  'message',
  'run_url',
] as const;

/** @public */
export const AUDIT_ACTIONS = [
  'create_role',
  'alter_role',
  'set_password',
  'create_database',
  'grant',
  'revoke',
  'comment',
  'adopt',
  'observe',
  'refuse',
  'create_clone',
  'rotate_password',
  'retire',
] as const;
/** @public */
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** @public */
export const AUDIT_STATUSES = ['success', 'no_change', 'failed'] as const;
/** @public */
export type AuditStatus = (typeof AUDIT_STATUSES)[number];

/** @public */
export type AuditRow = Record<
  Exclude<(typeof AUDIT_COLUMNS)[number], 'action' | 'status'>,
  string
> & {
  action: AuditAction;
  status: AuditStatus;
};
