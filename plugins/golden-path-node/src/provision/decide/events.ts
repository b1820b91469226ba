import type {
  AuditAction,
  AuditStatus,
} from '@goldenpath/plugin-golden-path-common';
import { AUDIT_ACTION_OF, describeChange } from './change';
import { changesOf, DatabasePlan } from './plan';

/**
 * What a run is for: making the changes, showing them, or only looking for differences.
 *
 * @public
 */
export type ProvisionMode = 'apply' | 'dry-run' | 'check';

/**
 * How a run ended for one database. `stopped`: the run ended before it was its turn, or half way through.
 *
 * @public
 */
export type DatabaseOutcome =
  | 'changed'
  | 'unchanged'
  | 'planned'
  | 'drifted'
  | 'refused'
  | 'failed'
  | 'stopped'
  | 'not observed';

/** @public */
export interface DatabaseResult {
  database: string;
  username: string;
  outcome: DatabaseOutcome;
  /** Changes that were made; in a dry run or a check those that would be. */
  changes: number;
  problems: string[];
}

/**
 * What takes its time: reading secrets, logging in as every role, applying the plan, logging in once more.
 *
 * @public
 */
export type ProgressPhase = 'secrets' | 'observe' | 'apply' | 'verify';

/**
 * What a run says while it goes on, as data: `--json` prints it as it stands, `printEvent` as lines. Holds no password.
 *
 * @public
 */
export type ProvisionEvent =
  | {
      type: 'start';
      mode: ProvisionMode;
      environment: string;
      host: string;
      port: number;
      databases: number;
    }
  | { type: 'note'; database?: string; text: string }
  | {
      type: 'waiting';
      pid: number;
      application: string;
      address: string;
      connectedSeconds: number;
      waitedSeconds: number;
    }
  | {
      type: 'progress';
      phase: ProgressPhase;
      done: number;
      total: number;
      /** Databases that are being worked on. */
      underway: string[];
      /** The database that was just done; none where one was begun. */
      finished?: string;
    }
  | { type: 'plan'; databases: PrintedPlan[] }
  | {
      type: 'change';
      database: string;
      username: string;
      action: AuditAction;
      status: AuditStatus;
      durationMs: number;
      message: string;
    }
  | {
      type: 'summary';
      mode: ProvisionMode;
      environment: string;
      outcome: 'done' | 'failed' | 'drift';
      changes: number;
      databases: DatabaseResult[];
    };

/**
 * A plan for one database, as it is printed.
 *
 * @public
 */
export interface PrintedPlan {
  database: string;
  username: string;
  changes: Array<{
    action: AuditAction;
    description: string;
    reason: string;
  }>;
  refusal?: string;
  findings: string[];
}

export const printPlan = (plan: DatabasePlan): PrintedPlan => ({
  database: plan.databaseName,
  username: plan.username,
  changes: changesOf(plan).map(change => ({
    action: AUDIT_ACTION_OF[change.kind],
    description: describeChange(change),
    reason: change.reason,
  })),
  ...(plan.refusal ? { refusal: plan.refusal } : {}),
  findings: plan.findings,
});
