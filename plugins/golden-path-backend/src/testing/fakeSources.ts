import {
  AuditRow,
  branchName,
  CATALOG_PATH,
  catalogEntry,
  CatalogStatus,
  removalBranchName,
  requestId,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import {
  DecisiveReview,
  ListedIssue,
  ListedPullRequest,
  printAuditRows,
  RunDetails,
  RunStep,
} from '@goldenpath/plugin-golden-path-node';
import type { StatusClients } from '../createStatus';
import type { ClaimSeen, Reading } from '../decide/evidence';

/** In everything that must not be kept. */
export const CANARY = 'canary-of-a-secret';

/** GitHub, the infra repo and the scaffolder as the clients see them, with a log of the calls. */
export class FakeSources {
  /** `<call> <what>`, such as `newestPullRequest database/dev/users_db`. */
  calls: Array<{ call: string; at: number }> = [];
  pulls: ListedPullRequest[] = [];
  reviews = new Map<number, DecisiveReview[]>();
  runs = new Map<string, RunDetails[]>();
  steps = new Map<number, RunStep[]>();
  issues: ListedIssue[] = [];
  /** Numbers of pull requests. */
  conflicts = new Set<number>();
  claims = new Map<string, Reading<ClaimSeen>>();
  databases = new Map<string, { key: RequestKey; status: CatalogStatus }>();
  audit: AuditRow[] = [];
  /** Thrown by every call whose name it has. */
  fault: { of: RegExp; error: Error } | undefined;
  private catalog: { of: string; text: string } | undefined;

  constructor(private readonly now: () => number) {}

  get time() {
    return new Date(this.now()).toISOString();
  }

  declare(key: RequestKey, status: CatalogStatus) {
    this.databases.set(`${key.environment}-${key.databaseName}`, {
      key,
      status,
    });
  }

  openRemoval = (key: RequestKey) => this.openPull(key, removalBranchName(key));

  openPull(key: RequestKey, branch = branchName(key)): ListedPullRequest {
    const number = this.pulls.length + 1;
    const pull: ListedPullRequest = {
      number,
      url: `https://github.com/acme/infra/pull/${number}`,
      branch,
      state: 'open',
      isDraft: false,
      createdAt: this.time,
      updatedAt: this.time,
      mergedAt: undefined,
      closedAt: undefined,
      mergeCommit: undefined,
      headCommit: `head-${number}`,
    };
    this.pulls.push(pull);
    return pull;
  }

  approve(pull: ListedPullRequest) {
    pull.updatedAt = this.time;
    this.reviews.set(pull.number, [
      { by: 'rita', state: 'approved', at: this.time },
    ]);
  }

  merge(pull: ListedPullRequest, key: RequestKey) {
    this.close(pull);
    this.declare(key, 'pending');
  }

  mergeRemoval(pull: ListedPullRequest, key: RequestKey) {
    this.close(pull);
    this.databases.delete(requestId(key));
  }

  private close(pull: ListedPullRequest) {
    Object.assign(pull, {
      state: 'merged',
      updatedAt: this.time,
      mergedAt: this.time,
      closedAt: this.time,
      mergeCommit: `commit-${pull.number}`,
    });
  }

  record(
    { environment, databaseName }: RequestKey,
    action: AuditRow['action'],
    outcome: Pick<AuditRow, 'status' | 'message'> = {
      status: 'success',
      message: CANARY,
    },
  ) {
    this.audit.push({
      timestamp_utc: this.time,
      environment,
      build_id: '1',
      run_id: '8',
      database: databaseName,
      username: `${databaseName}_app`,
      action,
      duration_ms: '5',
      ...outcome,
      run_url: '',
    });
  }

  private log(call: string) {
    this.calls.push({ call, at: this.now() });
    if (this.fault?.of.test(call)) throw this.fault.error;
  }

  readonly clients: StatusClients = {
    requests: {
      openPullRequests: async () => {
        this.log('openPullRequests');
        return {
          etag: undefined,
          items: this.pulls
            .filter(({ state }) => state === 'open')
            .map(pull => ({ ...pull })),
        };
      },
      newestPullRequest: async branch => {
        this.log(`newestPullRequest ${branch}`);
        const found = this.pulls.filter(pull => pull.branch === branch).at(-1);
        return found && { ...found };
      },
      mergeability: async number => {
        this.log(`mergeability ${number}`);
        const hasConflict = this.conflicts.has(number);
        return { hasConflict, isClean: !hasConflict };
      },
      reviews: async number => {
        this.log(`reviews ${number}`);
        return this.reviews.get(number) ?? [];
      },
      openIssues: async label => {
        this.log(`openIssues ${label}`);
        return {
          etag: undefined,
          items: this.issues.filter(({ labels }) => labels.includes(label)),
        };
      },
    },
    runs: {
      ofPush: async commit => {
        this.log(`ofPush ${commit}`);
        return this.runs.get(commit) ?? [];
      },
      get: async id => {
        this.log(`run ${id}`);
        return [...this.runs.values()].flat().find(run => run.id === id);
      },
      steps: async id => {
        this.log(`steps ${id}`);
        return this.steps.get(id) ?? [];
      },
    },
    readClaims: async () => {
      this.log('claims');
      return this.claims;
    },
    files: {
      read: async path => {
        this.log(`read ${path}`);
        if (path === CATALOG_PATH) return this.catalogText();
        const environment = /^governance\/(\w+)\//.exec(path)?.[1];
        const rows = this.audit.filter(row => row.environment === environment);
        return environment
          ? `timestamp_utc,environment,build_id,run_id,database,username,action,status,duration_ms,message,run_url\n${printAuditRows(
              rows,
            )}`
          : undefined;
      },
    },
    filesAt: branch => ({
      read: async path => {
        this.log(`read ${branch} ${path}`);
        return this.catalogText();
      },
    }),
  };

  /** JSON is YAML. */
  private catalogText(): string {
    const of = JSON.stringify([...this.databases]);
    if (this.catalog?.of === of) return this.catalog.text;
    const databases: Record<string, Record<string, object>> = {};
    for (const { key, status } of this.databases.values()) {
      const entry = catalogEntry(
        {
          ...key,
          component_id: 'user-service',
          username: `${key.databaseName}_app`,
          owner: 'payments',
          requestedBy: 'jane',
          domain: 'delivery',
          risk: 'medium',
          size: 'small',
        },
        { createdDate: '2026-11-24' },
      );
      entry.metadata.status = status;
      (databases[key.environment] ??= {})[key.databaseName] = {
        ...entry,
        configuration: { ...entry.configuration, password: CANARY },
      };
    }
    const text = JSON.stringify({ version: '1.0', databases }, null, 1);
    this.catalog = { of, text };
    return text;
  }
}
