import type {
  AuditAction,
  AuditStatus,
} from '@goldenpath/plugin-golden-path-common';
import { AUDIT_ACTION_OF, describeChange } from './change';
import { isDrift, printFinding, Remedy } from './finding';
import { listChanges, DatabasePlan } from './plan';

/**
 * Apply the changes, show them, or check for drift.
 *
 * @public
 */
export type ProvisionMode = 'apply' | 'dry-run' | 'check';

/**
 * How a run ended for one database. `stopped`: the run ended before or during its changes. `skipped`: a dry run found
 * no secret for it, so it checked nothing. `unchecked`: something of it could not be seen.
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
  | 'skipped'
  | 'unchecked';

/** @public */
export interface DatabaseResult {
  database: string;
  username: string;
  outcome: DatabaseOutcome;
  /** Changes applied; in a dry run or a check, changes planned. */
  changes: number;
  problems: string[];
  /** It is about a role that no entry declares. */
  isUndeclared?: true;
}

/**
 * Phases of a run: read secrets, log in as every role, apply the plans, log in again.
 *
 * @public
 */
export type ProgressPhase = 'secrets' | 'observe' | 'apply' | 'verify';

/**
 * One change, applied or failed.
 *
 * @public
 */
export interface ChangeRecord {
  database: string;
  username: string;
  action: AuditAction;
  status: AuditStatus;
  durationMs: number;
  message: string;
}

/**
 * What a run reports. `--json` prints it as it is, `printEvent` as lines. Holds no password.
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
      /** Databases in progress. */
      underway: string[];
      /** The database that just finished; absent when one started. */
      finished?: string;
    }
  | { type: 'plan'; databases: PrintedPlan[] }
  | ({ type: 'change' } & ChangeRecord)
  | {
      type: 'summary';
      mode: ProvisionMode;
      environment: string;
      outcome: 'done' | 'failed' | 'drift';
      changes: number;
      databases: DatabaseResult[];
    };

/**
 * A plan for one database, as printed.
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
  /** Drift to repair by hand. */
  findings: string[];
  /** What is there and not declared. */
  told: string[];
  /** What could not be seen. */
  unchecked: string[];
  /** The statements of `refusal`, `findings` and `told`. */
  remedies: Remedy[];
}

export const printPlan = (plan: DatabasePlan): PrintedPlan => ({
  database: plan.databaseName,
  username: plan.username,
  changes: listChanges(plan).map(change => ({
    action: AUDIT_ACTION_OF[change.kind],
    description: describeChange(change),
    reason: change.reason,
  })),
  ...(plan.refusal ? { refusal: plan.refusal } : {}),
  findings: plan.findings.filter(isDrift).map(printFinding),
  told: plan.findings.filter(one => !isDrift(one)).map(printFinding),
  unchecked: plan.unchecked,
  remedies: [
    ...plan.remedies,
    ...plan.findings.flatMap(({ remedy }) => remedy ?? []),
  ],
});
