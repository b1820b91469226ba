import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { auditPath } from '@goldenpath/plugin-golden-path-common';
import { createFolder } from '../tests/support/createFolder';
import {
  InfraGitHub,
  requestFor,
  startInfraGitHub,
} from '../tests/support/infraGitHub';
import {
  SharedInstance,
  startSharedInstance,
} from '../tests/support/sharedInstance';

/** Not the synchronous one: the server that git talks to is in this process. */
const execute = promisify(execFile);

const BRANCH = 'database/audit/dev';
const AUDIT = auditPath('dev');
const FORGED =
  '2026-11-24T10:00:00.000Z,dev,1,1,forged_db,forged_user,grant,success,1,approved by security,';

/** A developer who may push branches only puts rows on the branch of the audit's pull request; `main` is protected. */
describe('a forged audit', () => {
  let instance: SharedInstance;
  let infra: InfraGitHub;

  beforeAll(async () => {
    instance = await startSharedInstance(['dev']);
    infra = await startInfraGitHub({
      folder: join(instance.folder, 'platform'),
      runnerEnv: instance.runnerEnv,
      // They read no audit.
      without: ['rds-database-guard.yml', 'rds-database-rebase.yml'],
    });
    await infra.installApp('golden-path');
    await infra.setVariables(instance.postgres.caFile);
    await infra.call('PUT', `${infra.path}/branches/main/protection`, {
      required_status_checks: null,
      enforce_admins: false,
      required_pull_request_reviews: { required_approving_review_count: 0 },
      restrictions: null,
    });
    await infra.dispatch(requestFor('first_db'));
    await idle();
    await infra.merge((await infra.pullOf('database/dev/first_db'))!.number);
    await idle();
  });
  afterAll(async () => {
    await infra?.stop();
    await instance?.stop();
  });

  const idle = () => infra.github.actions.idle();
  const rows = async (ref = BRANCH) =>
    (await infra.file(AUDIT, ref))!.trim().split('\n');
  const applies = async () =>
    (await infra.runs()).filter(
      run =>
        run.path.endsWith('rds-database-apply.yml') &&
        run.event !== 'pull_request',
    );
  /** Runs the apply workflow of `main` by hand. @returns its log */
  const apply = async () => {
    await infra.call(
      'POST',
      `${infra.path}/actions/workflows/rds-database-apply.yml/dispatches`,
      { ref: 'main', inputs: { environment: 'dev' } },
    );
    await idle();
    const [last] = (await applies()).sort((a, b) => b.id - a.id);
    return {
      conclusion: last.conclusion,
      url: last.html_url,
      log: await infra.runLog(last.id),
    };
  };

  /** Commits in the App's name and pushes with the developer's own token. */
  const pushAsDeveloper = async (
    start: string,
    change: (folder: string) => void,
    branch: string,
  ) => {
    const folder = createFolder();
    const git = (...args: string[]) =>
      execute('git', args, {
        cwd: folder,
        env: {
          ...process.env,
          GIT_AUTHOR_NAME: 'golden-path[bot]',
          GIT_AUTHOR_EMAIL: 'golden-path[bot]@users.noreply.github.com',
          GIT_COMMITTER_NAME: 'GitHub',
          GIT_COMMITTER_EMAIL: 'noreply@github.com',
        },
      });
    const remote = `${infra.github.url}/acme/platform-infra.git`.replace(
      '://',
      '://developer:a-token@',
    );
    await git('clone', '--quiet', '--branch', start, remote, '.');
    change(folder);
    await git('add', '--all');
    await git(
      'commit',
      '--quiet',
      '--message',
      'chore(rds): audit and status of dev',
    );
    await git(
      'push',
      '--quiet',
      '--force',
      'origin',
      `HEAD:refs/heads/${branch}`,
    );
  };
  const addRow = (folder: string) =>
    writeFileSync(
      join(folder, AUDIT),
      `${readFileSync(join(folder, AUDIT), 'utf8')}${FORGED}\n`,
    );

  it('starts from rows that the App pushed, each with the page of its run', async () => {
    const [first] = await applies();
    expect(first.conclusion).toBe('success');
    const [header, ...written] = await rows();
    expect(header).toMatch(/,run_url$/);
    expect(written.join('\n')).toContain(
      ',first_db,first_db_user,create_database,',
    );
    for (const row of written)
      expect(row.endsWith(`,${first.html_url}`)).toBe(true);
    expect((await fetch(first.html_url)).status).toBe(200);
  });

  it('is refused from a commit in the name of the App', async () => {
    const genuine = await rows();
    await pushAsDeveloper(BRANCH, addRow, BRANCH);
    expect((await rows()).at(-1)).toBe(FORGED);

    const { conclusion, log, url } = await apply();
    expect(conclusion).toBe('success');
    expect(log).toContain(
      `##[warning]Ignored 1 audit row of ${BRANCH}: backstage pushed to it, and only rows that golden-path[bot] pushed count. Ask backstage why.`,
    );
    expect(log).toContain(FORGED);
    const after = await rows();
    expect(after).not.toContain(FORGED);
    expect(after.slice(0, genuine.length)).toEqual(genuine);
    expect(after.slice(genuine.length)).toEqual([
      expect.stringMatching(new RegExp(`,observe,success,.*,${url}$`)),
    ]);
  });

  it('is refused from a workflow of the developer, with GITHUB_TOKEN', async () => {
    const genuine = await rows();
    await pushAsDeveloper(
      'main',
      folder =>
        writeFileSync(
          join(folder, '.github/workflows/forge.yml'),
          `on: push
permissions:
  contents: write
jobs:
  forge:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - run: |
          mkdir -p "$(dirname ${AUDIT})"
          echo '${genuine[0]}' > ${AUDIT}
          echo '${FORGED}' >> ${AUDIT}
          git config user.name 'golden-path[bot]'
          git config user.email 'golden-path[bot]@users.noreply.github.com'
          git add --all
          git commit --quiet --message audit
          git push origin --delete ${BRANCH}
          git push origin HEAD:refs/heads/${BRANCH}
`,
        ),
      'harmless',
    );
    await idle();
    expect((await rows()).at(-1)).toBe(FORGED);

    const { conclusion, log } = await apply();
    expect(conclusion).toBe('success');
    expect(log).toContain(
      `##[warning]Ignored 1 audit row of ${BRANCH}: github-actions[bot] pushed to it, and only rows that golden-path[bot] pushed count.`,
    );
    const after = await rows();
    expect(after).not.toContain(FORGED);
    expect(after.slice(0, genuine.length)).toEqual(genuine);
  });

  it('leaves nothing behind: what a person merges are the genuine rows', async () => {
    const waiting = await rows();
    const audits = (await infra.pullRequests('open')).filter(
      pull => pull.head.ref === BRANCH,
    );
    expect(audits).toHaveLength(1);
    expect((await infra.merge(audits[0].number)).status).toBe(200);
    await idle();
    expect(await rows('main')).toEqual(waiting);
    expect(waiting).not.toContain(FORGED);
    // Rows that were merged don't wait again.
    const { log } = await apply();
    expect(log).not.toContain('##[warning]Ignored');
    expect((await rows()).slice(0, waiting.length)).toEqual(waiting);
    expect(await rows()).toHaveLength(waiting.length + 1);
  });

  it("sends and receives only what GitHub's OpenAPI description allows", () => {
    expect(infra.github.conformance!.violations).toEqual([]);
  });
});
