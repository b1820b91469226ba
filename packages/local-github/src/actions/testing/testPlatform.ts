import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createActions } from '../service';
import {
  ActionsOptions,
  ActionsService,
  RepoRef,
  RunRecord,
  RunStore,
  WorkflowEvent,
} from '../types';

export const ZERO_SHA = '0'.repeat(40);

/** A run store in memory. */
class MemoryRunStore implements RunStore {
  private readonly runs = new Map<number, RunRecord>();
  private readonly logs = new Map<string, string>();
  private readonly summaries = new Map<string, string>();
  private lastRunId = 0;
  private lastJobId = 0;

  takeRunId = () => ++this.lastRunId;
  takeJobId = () => ++this.lastJobId;
  get = (id: number) => this.runs.get(id);
  list = (repo: RepoRef) =>
    [...this.runs.values()].filter(
      run => run.repo.owner === repo.owner && run.repo.name === repo.name,
    );
  save = async (run: RunRecord) => {
    this.runs.set(run.id, run);
  };
  appendLog = async (runId: number, jobId: number, text: string) => {
    const key = `${runId}/${jobId}`;
    this.logs.set(key, (this.logs.get(key) ?? '') + text);
  };
  readLog = async (runId: number, jobId: number) =>
    this.logs.get(`${runId}/${jobId}`) ?? '';
  appendSummary = async (runId: number, jobId: number, text: string) => {
    const key = `${runId}/${jobId}`;
    this.summaries.set(key, (this.summaries.get(key) ?? '') + text);
  };
  readSummary = async (runId: number, jobId: number) =>
    this.summaries.get(`${runId}/${jobId}`) ?? '';
}

/** Bare repositories in a temporary folder and an Actions service that runs what is pushed to them. */
export class TestPlatform {
  readonly store = new MemoryRunStore();
  readonly repo = { owner: 'acme', name: 'infra' };
  readonly actions: ActionsService;

  /** @param root - removed by stop() */
  constructor(
    options: Partial<ActionsOptions> = {},
    readonly root = mkdtempSync(join(tmpdir(), 'actions-test-')),
  ) {
    this.actions = createActions({
      store: this.store,
      gitDir: repo => this.gitDir(repo),
      serverUrl: `file://${this.root}/git`,
      apiUrl: 'http://localhost/api/v3',
      workRoot: join(this.root, 'work'),
      runnerEnv: {},
      artifactsFolder: runId => join(this.root, 'artifacts', String(runId)),
      createToken: () => 'run-token',
      revokeToken: () => undefined,
      defaultPermissions: () => 'read',
      variables: () => ({}),
      deploymentRules: async () => ({
        isRefAllowed: true,
        needsReview: false,
      }),
      environmentVariables: () => ({}),
      environmentSecrets: () => ({}),
      secrets: () => ({}),
      ...options,
    });
  }

  gitDir({ owner, name }: RepoRef): string {
    return join(this.root, 'git', owner, `${name}.git`);
  }

  /** Commits files to a branch of a bare repository, which is made where it isn't there yet. @returns before and after */
  commit(
    files: Record<string, string>,
    { repo = this.repo as RepoRef, branch = 'main', message = 'change' } = {},
  ): { before: string; after: string } {
    const gitDir = this.gitDir(repo);
    if (!existsSync(gitDir)) {
      mkdirSync(gitDir, { recursive: true });
      runGit(gitDir, 'init', '--quiet', '--bare', '--initial-branch=main');
      runGit(gitDir, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
    }
    const find = (name: string) =>
      tryGit(gitDir, 'rev-parse', '--verify', `refs/heads/${name}`);
    const before = find(branch);
    const parent = before ?? find('main');
    const after = runGitWith(
      [
        `commit refs/heads/${branch}`,
        'mark :1',
        'committer Test <test@example.com> now',
        inline(message),
        ...(parent ? [`from ${parent}`] : []),
        ...Object.entries(files).flatMap(([path, text]) => [
          `M 644 inline ${JSON.stringify(path)}`,
          inline(text),
        ]),
        'get-mark :1',
        '',
      ].join('\n'),
      gitDir,
      ...['fast-import', '--quiet', '--date-format=now'],
    );
    return { before: before ?? ZERO_SHA, after };
  }

  /** Commits files and triggers the push event of it. */
  async push(
    files: Record<string, string>,
    options: { branch?: string; message?: string } = {},
  ): Promise<RunRecord[]> {
    const { before, after } = this.commit(files, options);
    const ref = `refs/heads/${options.branch ?? 'main'}`;
    return this.actions.trigger(
      this.createEvent({ ref, sha: after, payload: { before, after, ref } }),
    );
  }

  /** Commits one workflow, dispatches it, waits for its end. */
  async dispatch(
    workflow: string,
    inputs: Record<string, string> = {},
  ): Promise<FinishedRun> {
    const path = '.github/workflows/test.yml';
    const { after } = this.commit({ [path]: workflow });
    const [run] = await this.actions.trigger(
      this.createEvent({
        name: 'workflow_dispatch',
        sha: after,
        inputs,
        workflowPath: path,
      }),
    );
    return this.waitForEnd(run);
  }

  /** Waits until nothing runs any more and reads a run back. */
  async waitForEnd({ id }: RunRecord): Promise<FinishedRun> {
    await this.actions.idle();
    const run = this.store.get(id) as RunRecord;
    const logs = await Promise.all(
      run.jobs.map(job => this.store.readLog(run.id, job.id)),
    );
    // Only what steps say: without times, and without the echo of scripts.
    const lines = logs
      .join('')
      .split('\n')
      .map(line => line.slice(line.indexOf(' ') + 1));
    return {
      run,
      log: removeGroups(lines).join('\n'),
      fullLog: lines.join('\n'),
    };
  }

  createEvent(change: Partial<WorkflowEvent>): WorkflowEvent {
    return {
      name: 'push',
      repo: this.repo,
      ref: 'refs/heads/main',
      sha: '',
      actor: 'jane',
      payload: {},
      ...change,
    };
  }

  async stop(): Promise<void> {
    await this.actions.stop();
    rmSync(this.root, { recursive: true, force: true });
  }
}

export interface FinishedRun {
  run: RunRecord;
  log: string;
  fullLog: string;
}

/** `name: conclusion` of every job, in the order of their names. */
export const listJobConclusions = ({
  run,
}: FinishedRun): Record<string, string | undefined> => {
  return Object.fromEntries(run.jobs.map(job => [job.name, job.conclusion]));
};

/** Conclusions of the steps of the first job, by name. */
export const listStepConclusions = ({
  run,
}: FinishedRun): Record<string, string | undefined> => {
  return Object.fromEntries(
    run.jobs[0].steps.map(step => [step.name, step.conclusion]),
  );
};

/** Data of git fast-import. */
const inline = (text: string): string =>
  `data ${Buffer.byteLength(text)}\n${text}`;

const IDENTITY = [
  ...['-c', 'user.name=Test'],
  ...['-c', 'user.email=test@example.com'],
];

export const runGit = (cwd: string, ...args: string[]): string =>
  runGitWith('', cwd, ...args);

const runGitWith = (input: string, cwd: string, ...args: string[]): string =>
  execFileSync('git', [...IDENTITY, ...args], {
    cwd,
    encoding: 'utf8',
    input,
    stdio: 'pipe',
  }).trim();

const tryGit = (cwd: string, ...args: string[]): string | undefined => {
  try {
    return runGit(cwd, ...args);
  } catch {
    return undefined;
  }
};

const removeGroups = (lines: string[]): string[] => {
  let inGroup = false;
  return lines.filter(line => {
    if (line.startsWith('##[group]')) inGroup = true;
    const shown = !inGroup;
    if (line.startsWith('##[endgroup]')) inGroup = false;
    return shown;
  });
};
