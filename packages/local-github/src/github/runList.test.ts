import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createActions, LocalGitHub, startGitHub } from '..';
import { RunStore } from '../actions/types';

const RUNS = 1000;
const FILE = '.github/workflows/one.yml';
const REPO = { owner: 'acme', name: 'app' };

/** Puts a git before the real one that writes a line for every start. */
const countGit = (folder: string) => {
  const real = execFileSync('sh', ['-c', 'command -v git'], {
    encoding: 'utf8',
  }).trim();
  const log = join(folder, 'starts');
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(log, '');
  writeFileSync(
    join(bin, 'git'),
    `#!/bin/sh\necho "$*" >> '${log}'\nexec '${real}' "$@"\n`,
  );
  chmodSync(join(bin, 'git'), 0o755);
  const before = process.env.PATH;
  process.env.PATH = `${bin}${delimiter}${before}`;
  return {
    starts: () => readFileSync(log, 'utf8').split('\n').filter(Boolean),
    restore: () => {
      process.env.PATH = before;
    },
  };
};

describe('the list of a thousand runs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'local-github-runs-'));
  const counted = countGit(folder);
  let github: LocalGitHub;
  let store: RunStore;

  beforeAll(async () => {
    github = await startGitHub({
      port: 0,
      stateDir: join(folder, 'state'),
      actions: deps => {
        store = deps.store;
        return createActions({
          ...deps,
          workRoot: join(folder, 'work'),
          runnerEnv: {},
        });
      },
    });
    await github.createOrganisation(REPO.owner);
    await github.createRepository(REPO.owner, REPO.name, {
      [FILE]:
        'on: workflow_dispatch\njobs: {one: {runs-on: ubuntu-latest, steps: [{run: "true"}]}}\n',
    });
    for (const [n, sha] of importCommits().entries())
      await store.save({
        id: store.takeRunId(),
        runNumber: n + 1,
        repo: REPO,
        workflowPath: FILE,
        workflowName: 'one',
        displayTitle: `Run ${n}`,
        event: 'workflow_dispatch',
        headBranch: 'busy',
        headSha: sha,
        actor: 'backstage',
        status: 'completed',
        conclusion: 'success',
        createdAt: '2026-11-24T10:00:00.000Z',
        updatedAt: '2026-11-24T10:00:00.000Z',
        jobs: [],
      });
  });
  afterAll(async () => {
    await github.stop();
    counted.restore();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A thousand commits, each with a message of its own. @returns their shas, oldest first */
  const importCommits = (): string[] => {
    const cwd = github.gitDir(REPO);
    const input = Array.from(
      { length: RUNS },
      (_, n) =>
        `commit refs/heads/busy\ncommitter Jané <jane@example.com> ${
          1_795_478_400 + n
        } +0100\ndata ${`Change ${n}`.length}\nChange ${n}\n`,
    ).join('');
    execFileSync('git', ['fast-import', '--quiet'], { cwd, input });
    return execFileSync('git', ['rev-list', '--reverse', 'busy'], {
      cwd,
      encoding: 'utf8',
    })
      .trim()
      .split('\n');
  };

  it('starts one git, which answers for all commits', async () => {
    const titles: string[] = [];
    const heads: Array<{ message: string; timestamp: string; author: object }> =
      [];
    const before = counted.starts().length;
    for (let page = 1; page <= RUNS / 100; page++) {
      const answer = await fetch(
        `${github.apiUrl}/repos/acme/app/actions/runs?per_page=100&page=${page}`,
        { headers: { authorization: 'token x' } },
      );
      const { workflow_runs: runs } = (await answer.json()) as {
        workflow_runs: Array<{
          display_title: string;
          head_commit: (typeof heads)[number];
        }>;
      };
      titles.push(...runs.map(run => run.display_title));
      heads.push(...runs.map(run => run.head_commit));
    }
    expect(titles).toHaveLength(RUNS);
    expect(new Set(titles).size).toBe(RUNS);
    expect(heads[0]).toMatchObject({
      message: 'Change 999',
      timestamp: '2026-11-24T00:16:39Z',
      author: { name: 'Jané', email: 'jane@example.com' },
    });
    expect(counted.starts().slice(before).length).toBeLessThanOrEqual(1);
  });
});
