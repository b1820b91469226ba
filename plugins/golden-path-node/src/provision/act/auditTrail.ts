import { AuditRow } from '@goldenpath/plugin-golden-path-common';
import { DatabasePlan } from '../decide/plan';
import {
  CREATING_ACTIONS,
  PresentObject,
  findUnrecorded,
} from '../decide/findUnrecorded';
import type { ChangeRecord } from '../decide/events';
import type { AuditSink } from '../ports';
import type { ProvisionOptions } from './run';

/** Appends the audit rows of one run. */
export const createAuditTrail = (
  {
    environment,
    options,
  }: {
    environment: string;
    options: Pick<ProvisionOptions, 'buildId' | 'runId' | 'runUrl'>;
  },
  {
    audit,
    report,
    now,
  }: {
    audit: Pick<AuditSink, 'append' | 'read'>;
    report(event: { type: 'change' } & ChangeRecord): void;
    now(): Date;
  },
) => {
  const row = ({ durationMs, ...record }: ChangeRecord): AuditRow => ({
    timestamp_utc: now().toISOString(),
    environment,
    build_id: options.buildId ?? '',
    run_id: options.runId ?? '',
    run_url: options.runUrl ?? '',
    duration_ms: String(durationMs),
    ...record,
  });
  return {
    changes: async (records: ChangeRecord[]) => {
      await audit.append(records.map(row));
      for (const record of records) report({ type: 'change', ...record });
    },
    refusals: (plans: readonly DatabasePlan[]) =>
      audit.append(
        plans.flatMap(({ databaseName, username, refusal }) =>
          refusal === undefined
            ? []
            : [
                row({
                  database: databaseName,
                  username,
                  action: 'refuse',
                  status: 'failed',
                  durationMs: 0,
                  message: refusal,
                }),
              ],
        ),
      ),
    /** Records roles and databases that a killed run created without recording them. */
    presence: async (present: readonly PresentObject[]) => {
      await audit.append(
        findUnrecorded(present, await audit.read(CREATING_ACTIONS)).map(found =>
          row({
            ...found,
            status: 'no_change',
            durationMs: 0,
            message: 'exists already',
          }),
        ),
      );
    },
    summary: (start: Date, isDone: boolean, message: string) =>
      audit.append([
        row({
          database: '',
          username: '',
          action: 'observe',
          status: isDone ? 'success' : 'failed',
          durationMs: now().getTime() - start.getTime(),
          message,
        }),
      ]),
  };
};
