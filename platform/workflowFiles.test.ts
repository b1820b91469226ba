import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parse } from 'yaml';
import { parseWorkflowFile } from '@goldenpath/local-github/src/actions/decide/workflowFile';
import { APPROVAL_LABELS } from '../plugins/golden-path-node/src/guard/decide/countLabels';
import { GUARD_CHECK } from '../plugins/golden-path-node/src/setup/decide/findBranchPoints';
import { createFolder } from '../tests/support/createFolder';

const WORKFLOWS = join(__dirname, '.github/workflows');
const read = (...path: string[]) =>
  readFileSync(join(__dirname, ...path), 'utf8');
const files = readdirSync(WORKFLOWS);

interface Concurrent {
  concurrency?: { group: string; 'cancel-in-progress': boolean };
}

interface Job extends Concurrent {
  'runs-on'?: string;
  permissions?: Record<string, string>;
  if?: string;
  'timeout-minutes'?: number;
  steps: Array<{
    name?: string;
    uses?: string;
    run?: string;
    with?: Record<string, string>;
  }>;
}

/** App repos call it with more or with fewer permissions: skeleton/backend-app-rds.delivery.test.ts. */
const CALLERS_PERMISSIONS = '_build-and-release.yml';

/** The write permissions of each workflow's jobs; a job that is not listed has none. */
const WRITES: Record<string, Record<string, string[]>> = {
  [CALLERS_PERMISSIONS]: {},
  '_rds-database-apply.yml': {
    apply: ['contents', 'id-token', 'pull-requests'],
    plan: ['id-token'],
  },
  'create-rds-database.yml': {
    request: ['contents', 'pull-requests'],
    review: ['pull-requests'],
  },
  'decommission-rds-database.yml': {
    decommission: ['contents', 'pull-requests'],
  },
  'rds-database-apply.yml': {
    apply: ['contents', 'id-token', 'pull-requests'],
    comment: ['pull-requests'],
    plan: ['id-token'],
  },
  'rds-database-guard.yml': {
    review: ['pull-requests'],
    withdraw: ['pull-requests'],
  },
  'rds-database-queue.yml': {},
  'rds-database-rebase.yml': { rebase: ['contents', 'pull-requests'] },
  'rds-drift.yml': { drift: ['id-token', 'issues'] },
  'rds-rotate.yml': {
    rotate: ['contents', 'id-token', 'issues', 'pull-requests'],
  },
};

/** Plans run code of pull requests, so they have a setting of their own. */
const selectRunner = (reachesInstance: boolean, id: string) => {
  if (reachesInstance)
    return "${{ vars.GOLDENPATH_RUNNER || 'ubuntu-latest' }}";
  return id === 'plan'
    ? "${{ vars.GOLDENPATH_PLAN_RUNNER || 'ubuntu-latest' }}"
    : 'ubuntu-latest';
};

describe.each(files)('%s', file => {
  const text = read('.github/workflows', file);
  const workflow = parse(text) as Concurrent & {
    permissions?: unknown;
    jobs: Record<string, Job>;
  };
  // A job that calls another workflow has no steps.
  const withSteps = Object.entries(workflow.jobs).filter(
    ([, job]) => 'steps' in job,
  );
  const jobs = withSteps.map(([, job]) => job);

  it("is valid for GitHub's parser", async () => {
    expect(await parseWorkflowFile(text, file)).not.toHaveProperty('errors');
  });

  it('has no expression in a script: values are environment variables', () => {
    expect(
      jobs.flatMap(job =>
        job.steps
          .filter(step => step.run?.includes('${{'))
          .map(step => step.name),
      ),
    ).toEqual([]);
  });

  it('sets the permissions of its token and the timeout of each job', () => {
    expect(workflow.permissions !== undefined).toBe(
      file !== CALLERS_PERMISSIONS,
    );
    expect(JSON.stringify(workflow.permissions ?? {})).not.toContain('write');
    expect(jobs.every(job => Number(job['timeout-minutes']) > 0)).toBe(true);
  });

  it('sets a concurrency group for each job and cancels no run', () => {
    const groups = [workflow, ...Object.values(workflow.jobs)].flatMap(
      one => one.concurrency ?? [],
    );
    // A called workflow runs in its caller's group.
    if (!file.startsWith('_')) expect(groups.length).toBeGreaterThan(0);
    expect(groups.map(group => group['cancel-in-progress'])).not.toContain(
      true,
    );
  });

  it('pins third-party actions by commit, with the version in a comment', () => {
    const actions = [...text.matchAll(/^\s*(?:- )?uses: (\S+)(.*)$/gm)]
      .map(([, action, comment]) => ({ action, comment }))
      .filter(({ action }) => !action.startsWith('./'));
    expect(
      actions.filter(
        ({ action, comment }) =>
          !/@[0-9a-f]{40}$/.test(action) || !/^ # v\d+(\.\d+)*$/.test(comment),
      ),
    ).toEqual([]);
  });

  it('has only the required write permissions', () => {
    expect(
      Object.fromEntries(
        Object.entries(workflow.jobs).flatMap(([id, { permissions }]) => {
          const writes = Object.entries(permissions ?? {})
            .filter(([, level]) => level === 'write')
            .map(([name]) => name)
            .sort();
          return writes.length > 0 ? [[id, writes]] : [];
        }),
      ),
    ).toEqual(WRITES[file]);
  });

  it('uses the runner in the VPC only for jobs that reach the instance', () => {
    for (const [id, job] of withSteps) {
      const reachesIt = job.steps.some(step =>
        /goldenpath-rds (provision|rotate)/.test(step.run ?? ''),
      );
      expect({ id, runsOn: job['runs-on'] }).toEqual({
        id,
        runsOn: selectRunner(reachesIt, id),
      });
    }
  });

  it('has valid bash in every step', () => {
    for (const { run } of jobs.flatMap(job => job.steps)) {
      if (run)
        expect(
          spawnSync('bash', ['-n'], { input: run, encoding: 'utf8' }).stderr,
        ).toBe('');
    }
  });
});

describe('requests', () => {
  it('for one database never run at once, those for different databases do', () => {
    expect(
      (parse(read('.github/workflows/create-rds-database.yml')) as Concurrent)
        .concurrency,
    ).toEqual({
      group: 'create-rds-database-${{ inputs.request_id }}',
      'cancel-in-progress': false,
    });
  });

  it('run no code of a fork, and no code of a pull request with write permissions', () => {
    for (const file of files) {
      const workflow = parse(read('.github/workflows', file)) as {
        on: Record<string, unknown>;
        jobs: Record<string, Job>;
      };
      if ('pull_request_target' in workflow.on)
        for (const { steps } of Object.values(workflow.jobs))
          for (const { uses, run, with: given } of steps) {
            // Whatever is checked out may be run, so it must come from the base.
            if (uses?.startsWith('actions/checkout@'))
              expect({ file, ref: given?.ref }).toEqual({
                file,
                ref: '${{ github.event.pull_request.base.ref }}',
              });
            expect(run ?? '').not.toMatch(/\bgit\b|\bcd\b/);
          }
      if (!('pull_request' in workflow.on)) continue;
      for (const [id, { permissions, steps, if: condition }] of Object.entries(
        workflow.jobs,
      )) {
        const writes = Object.entries(permissions ?? {}).some(
          ([name, level]) => level === 'write' && name !== 'id-token',
        );
        if (!writes || /event_name != 'pull_request'/.test(condition ?? ''))
          continue;
        const checkouts = steps.filter(step =>
          step.uses?.startsWith('actions/checkout@'),
        );
        expect({
          id,
          checkouts: checkouts.map(step => step.with?.ref),
        }).toEqual({
          id,
          checkouts: checkouts.map(
            () => '${{ github.event.pull_request.base.sha }}',
          ),
        });
      }
    }
  });
});

describe('the guard', () => {
  it('removes after a push each label by which the approvers allow something', () => {
    const { jobs } = parse(
      read('.github/workflows/rds-database-guard.yml'),
    ) as { jobs: Record<string, Job> };
    expect(jobs.withdraw.steps[0].run).toContain(
      `for label in ${APPROVAL_LABELS.join(' ')}; do`,
    );
  });
});

/** https://github.com/linkml/linkml/issues/3472: a required check that no workflow reports in a merge queue never ends. */
describe('the guard in a merge queue', () => {
  interface Guard {
    name: string;
    env?: unknown;
    environment?: unknown;
    steps: Job['steps'];
  }
  const jobOf = (file: string) =>
    (parse(read('.github/workflows', file)) as { jobs: { guard: Guard } }).jobs
      .guard;
  const queue = jobOf('rds-database-queue.yml');

  it('reports the required check, under one name with that of pull requests', () => {
    expect(queue.name).toBe(GUARD_CHECK);
    expect(jobOf('rds-database-guard.yml').name).toBe(GUARD_CHECK);
    const named = files.flatMap(file =>
      Object.values(
        (parse(read('.github/workflows', file)) as { jobs: object }).jobs,
      ).filter(({ name }) => name === GUARD_CHECK),
    );
    expect(named).toHaveLength(2);
  });

  it('runs what main has, without environment and secret', () => {
    expect(queue).not.toHaveProperty('environment');
    expect(read('.github/workflows/rds-database-queue.yml')).not.toContain(
      'secrets.',
    );
    expect(
      queue.steps.flatMap(({ uses, with: given }) =>
        uses?.startsWith('actions/checkout@') ? given?.ref : [],
      ),
    ).toEqual(['${{ github.event.merge_group.base_ref }}']);
  });
});

describe('an apply', () => {
  it('records the changes, also after it is stopped', () => {
    const { apply } = (
      parse(read('.github/workflows/_rds-database-apply.yml')) as {
        jobs: Record<string, { steps: Array<{ if?: string; run?: string }> }>;
      }
    ).jobs;
    // In a cancelled or timed-out job, only always() is true.
    expect(
      apply.steps.find(({ run }) => run?.includes('goldenpath-rds record'))!.if,
    ).toMatch(/always\(\)/);
  });
});

describe('the environments of a run', () => {
  let folder: string;
  beforeAll(() => {
    folder = createFolder();
    // There are folders of no environment too, and one environment is coupled.
    for (const root of ['dev-rds', 'perf-rds', 'qa', 'network']) {
      mkdirSync(join(folder, 'envs', root), { recursive: true });
      writeFileSync(join(folder, 'envs', root, 'terraform.tfvars'), '');
    }
  });

  const find = (
    file: string,
    job: string,
    env: Record<string, string> = {},
  ): { status: number | null; says: string; found: string } => {
    const { steps } = (
      parse(read('.github/workflows', file)) as { jobs: Record<string, Job> }
    ).jobs[job];
    const output = join(folder, 'output');
    writeFileSync(output, '');
    const { status, stdout } = spawnSync(
      'bash',
      [
        '-e',
        '-c',
        steps.find(({ name }) => name === 'Find the environments')!.run!,
      ],
      {
        cwd: folder,
        encoding: 'utf8',
        env: {
          PATH: process.env.PATH,
          GITHUB_OUTPUT: output,
          ENVIRONMENTS: 'dev test qa perf',
          FOLDER: 'envs',
          ...env,
        },
      },
    );
    return { status, says: stdout, found: readFileSync(output, 'utf8') };
  };

  it('are those of goldenpath.yaml with a terraform.tfvars', () => {
    for (const [file, job] of [
      ['rds-database-apply.yml', 'changed'],
      ['rds-drift.yml', 'declared'],
    ])
      expect(find(file, job)).toMatchObject({
        status: 0,
        found: 'environments=["dev","qa","perf"]\n',
      });
  });

  it('are only the chosen one, and an unknown one is refused', () => {
    const choose = (CHOSEN: string) =>
      find('rds-database-apply.yml', 'changed', { CHOSEN });
    expect(choose('perf')).toMatchObject({
      status: 0,
      found: 'environments=["perf"]\n',
    });
    for (const chosen of ['mars', 'dev test', '*', 'network'])
      expect(choose(chosen)).toEqual({
        status: 64,
        says: `::error::There is no environment "${chosen}"; use one of dev, test, qa, perf.\n`,
        found: '',
      });
  });
});

describe('a plan', () => {
  const { plan } = (
    parse(read('.github/workflows/rds-database-apply.yml')) as {
      jobs: Record<string, Job>;
    }
  ).jobs;

  it.each([{ step: 'Plan the credentials', program: 'terraform' }])(
    'that fails fails the step and keeps its output: $step',
    ({ step, program }) => {
      const folder = createFolder();
      mkdirSync(join(folder, 'envs/dev'), { recursive: true });
      writeFileSync(
        join(folder, program),
        '#!/bin/sh\n[ "$1" = init ] || { echo "it broke"; exit 1; }\n',
        { mode: 0o755 },
      );
      const script = join(folder, 'step.sh');
      writeFileSync(script, plan.steps.find(({ name }) => name === step)!.run!);
      // GitHub runs a step without `shell` like this.
      const { status } = spawnSync('bash', ['-e', script], {
        cwd: folder,
        env: {
          PATH: [folder, process.env.PATH].join(delimiter),
          RUNNER_TEMP: folder,
          ENVIRONMENT: 'dev',
          ROOT: 'envs/dev',
        },
      });
      expect(status).toBe(1);
      expect(readFileSync(join(folder, 'plan.txt'), 'utf8')).toContain(
        'it broke',
      );
    },
  );
});
