import { describeReason } from '../../errors/describeReason';
import {
  isLockTimeout,
  isPasswordRefused,
  isPasswordRestricted,
} from './postgres/sqlState';

/** Explains the error of a statement, with the next step. */
export const explainFailedChange = (error: unknown): string => {
  const message = describeReason(error as Error);
  if (isLockTimeout(error))
    return `${message}. Another session's open transaction holds a lock on it. Find it in pg_stat_activity, end it, and run again.`;
  if (isPasswordRestricted(error))
    return `${message}. The instance has rds.restrict_password_commands on. Make the master a member of rds_password: GRANT rds_password TO CURRENT_USER;`;
  return isPasswordRefused(error)
    ? `${message}. The server's password policy rejects this password. Generate another with terraform apply -replace.`
    : message;
};
