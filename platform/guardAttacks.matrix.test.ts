import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  GuardedRepo,
  moreConnections,
  replaceIn,
  startGuardedRepo,
  TFVARS,
} from '../tests/support/guardedRepo';

const GUARD = '.github/workflows/rds-database-guard.yml';
const ACTION = '.github/actions/goldenpath-rds/action.yml';
const CANARY = 'what the pull request runs';
const ALLOWS = 'The label rds-platform-allowed allows it.';
const KNOWN =
  'in envs only an existing terraform.tfvars may change, because Terraform loads the other files too';

/**
 * Attacks by jane and eve, who may push branches to the infra repo and open pull requests there. ann is of the approvers'
 * team, which the review App can see; maintainer isn't.
 */
describe('the guard refuses', () => {
  let repo: GuardedRepo;

  beforeAll(async () => {
    repo = await startGuardedRepo();
    const { github, repo: at } = repo.infra;
    await github.createTeam(at.owner, 'platform-team');
    await github.addTeamMember(at.owner, 'platform-team', 'ann');
    await github.addTeamMember(at.owner, 'platform-team', 'anton');
    for (const member of ['ann', 'anton'])
      await github.addCollaborator(at, member, 'write');
    const { appId, privateKey } = await github.createApp('review', {
      members: 'read',
      metadata: 'read',
      pull_requests: 'write',
    });
    await github.setVariable(at, 'GOLDENPATH_REVIEW_APP_ID', String(appId));
    await github.setEnvironment(at, 'rds-review', {
      branches: ['main'],
    });
    await github.setEnvironmentSecret(
      at,
      'rds-review',
      'GOLDENPATH_REVIEW_APP_PRIVATE_KEY',
      privateKey,
    );
  });
  afterAll(() => repo?.stop());

  const write = (root: string, path: string, text: string) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const refused = async (branch: string, says: string) => {
    const { conclusion, log } = await repo.verdict(branch);
    expect(log).toContain(says);
    expect(conclusion).toBe('failure');
    return log;
  };

  it.each<{
    branch: string;
    reason: string;
    change: (root: string) => void;
    says: string;
  }>([
    {
      branch: 'variables',
      reason: 'variables that win over terraform.tfvars',
      change: root =>
        write(
          root,
          'envs/dev-rds/zz.auto.tfvars',
          'application_databases = {}\n',
        ),
      says: `envs/dev-rds/zz.auto.tfvars:1: is added, and ${KNOWN}. ${ALLOWS}`,
    },
    {
      branch: 'resources',
      reason: 'resources beside those of the platform',
      change: root => write(root, 'envs/dev-rds/x.tf.json', '{}\n'),
      says: `envs/dev-rds/x.tf.json:1: is added, and ${KNOWN}. ${ALLOWS}`,
    },
    {
      branch: 'module',
      reason: 'a module elsewhere that a root loads',
      change: root => write(root, 'shared/db/main.tf', '# nothing yet\n'),
      says: `shared/db/main.tf:1: is added, and Terraform may load it. ${ALLOWS}`,
    },
    {
      branch: 'catalog-path',
      reason: 'another catalog, by which the attacker owns every secret',
      change: root =>
        replaceIn(
          root,
          TFVARS,
          'environment = "dev"',
          'environment  = "dev"\ncatalog_path = "../../docs/mine.yaml"',
        ),
      says: `${TFVARS}:1: catalog_path changed, and only the databases in it are for everybody to change. ${ALLOWS}`,
    },
    {
      branch: 'link',
      reason: 'a symbolic link in place of a folder',
      change: root => symlinkSync('/', join(root, 'docs/all')),
      says: `docs/all:1: is added, and a symbolic link can stand in for another file. ${ALLOWS}`,
    },
    {
      branch: 'approvers',
      reason: 'approvers of their own',
      change: root => write(root, 'goldenpath.yaml', 'approvers: eves-team\n'),
      says: `goldenpath.yaml:1: approvers was "platform-team" and is "eves-team". ${ALLOWS}`,
    },
    {
      branch: 'rights',
      reason: 'a new database that may take every connection',
      change: root => {
        repo.add(root, 'greedy_db');
        replaceIn(
          root,
          TFVARS,
          '    username         = "greedy_db_user"\n    connection_limit = 100',
          '    username         = "greedy_db_user"\n    createdb         = true',
        );
      },
      says: 'database "greedy_db" of dev is new with no connection_limit; write connection_limit = 100 or less. The label rds-change-allowed allows it.',
    },
  ])('$reason', async ({ branch, change, says }) => {
    await repo.push(branch, change);
    await repo.open(branch);
    await refused(branch, says);
  });

  it('a changed workflow and a changed action, and runs neither', async () => {
    await repo.push('own-guard', root => {
      for (const path of [GUARD, ACTION])
        replaceIn(root, path, 'name: ', `# ${CANARY}\nname: `);
      replaceIn(
        root,
        ACTION,
        'folder="$RUNNER_TEMP/goldenpath"',
        `echo '${CANARY}'; folder="$RUNNER_TEMP/goldenpath"`,
      );
      replaceIn(
        root,
        GUARD,
        'run: node .github/scripts/fetch-change.mjs',
        `run: echo '${CANARY}'`,
      );
      write(root, '.gitattributes', '* filter=evil\n');
    });
    await repo.open('own-guard');
    const log = await refused(
      'own-guard',
      `${GUARD}:1: is changed, and everything in .github belongs to the platform team. ${ALLOWS}`,
    );
    expect(log).toContain(`${ACTION}:1: is changed, and everything in .github`);
    expect(log).toContain('.gitattributes:1: is changed, and it changes how');
    expect(log).not.toContain(CANARY);
  });

  it('a label that does not come from the approvers, and takes one that does', async () => {
    const label = 'rds-change-allowed';
    await repo.push('labels', moreConnections);
    const number = await repo.open('labels');
    const setBy = async (login: string) => {
      if ((await repo.labelsOf(number)).includes(label))
        await repo.removeLabel(number, 'jane', label);
      await repo.label(number, login, label);
    };

    await setBy('jane');
    await refused(
      'labels',
      "The label rds-change-allowed doesn't count: it was set by jane, who opened the pull request; someone else of platform-team must set it.",
    );
    for (const stranger of ['eve', 'maintainer']) {
      await setBy(stranger);
      await refused(
        'labels',
        `The label rds-change-allowed doesn't count: it was set by ${stranger}, who is no member of platform-team; someone of platform-team must set it.`,
      );
    }
    await setBy('ann');
    expect(await repo.verdict('labels')).toMatchObject({
      conclusion: 'success',
    });

    // A label of another name allows nothing here.
    await repo.removeLabel(number, 'ann', label);
    await repo.label(number, 'ann', 'rds-platform-allowed');
    await refused('labels', 'The label rds-change-allowed allows it.');
  });

  it('a label that a member sets on a pull request of their own', async () => {
    await repo.push('member', moreConnections);
    const number = await repo.open('member', 'ann');
    await repo.label(number, 'ann', 'rds-change-allowed');
    await refused('member', 'it was set by ann, who opened the pull request');
    await repo.removeLabel(number, 'anton', 'rds-change-allowed');
    await repo.label(number, 'anton', 'rds-change-allowed');
    expect(await repo.verdict('member')).toMatchObject({
      conclusion: 'success',
    });
  });

  it('a commit that is pushed after the label', async () => {
    await repo.push('later', moreConnections);
    const number = await repo.open('later');
    await repo.label(number, 'ann', 'rds-change-allowed');
    expect(await repo.verdict('later')).toMatchObject({
      conclusion: 'success',
    });
    await repo.push(
      'later',
      root => replaceIn(root, TFVARS, 'limit = 7', 'limit = -1'),
      { from: 'later' },
    );
    const log = await refused(
      'later',
      'connection_limit was 100 and is -1. The label rds-change-allowed allows it.',
    );
    expect(log).toContain(
      'Removed the label rds-change-allowed, because the pull request has changed. It must be set again.',
    );
    expect(await repo.labelsOf(number)).toEqual([]);
    await repo.label(number, 'ann', 'rds-change-allowed');
    expect(await repo.verdict('later')).toMatchObject({
      conclusion: 'success',
    });
  });

  it('a removal that two people have not approved, and takes one that they have', async () => {
    const label = 'rds-removal-allowed';
    await repo.push('main', root => repo.add(root, 'gone_db'));
    await repo.push('gone', root => repo.remove(root, 'gone_db'));
    const number = await repo.open('gone');
    await refused('gone', `The label ${label}, with an approving review by a`);
    const setAgain = async () => {
      await repo.removeLabel(number, 'ann', label);
      await repo.label(number, 'ann', label);
    };

    await repo.label(number, 'ann', label);
    await refused('gone', "besides ann nobody's approval counts. Someone");
    // GitHub refuses the author's own approval.
    expect((await repo.approve(number, 'jane')).status).toBe(422);
    await repo.approve(number, 'ann');
    await setAgain();
    await refused('gone', "nobody's approval counts (ann set the label)");
    await repo.approve(number, 'eve');
    await setAgain();
    expect(await repo.verdict('gone')).toMatchObject({ conclusion: 'success' });

    // Another commit withdraws label and review; who pushed it is no second person.
    await repo.push('gone', () => undefined, { from: 'gone', as: 'eve' });
    expect(await repo.labelsOf(number)).toEqual([]);
    await repo.approve(number, 'eve');
    await repo.label(number, 'ann', label);
    await refused('gone', 'eve pushed to its branch');
    await repo.approve(number, 'anton');
    await setAgain();
    expect(await repo.verdict('gone')).toMatchObject({ conclusion: 'success' });

    // Nothing else passes with it.
    await repo.push(
      'gone',
      root => {
        repo.add(root, 'beside_db');
      },
      { from: 'gone' },
    );
    await repo.approve(number, 'anton');
    await repo.label(number, 'ann', label);
    await refused('gone', 'together with a change of database "beside_db"');
  });

  it('a pull request that conflicts with main, because there is nothing to check', async () => {
    await repo.push('conflict', root => repo.add(root, 'one_db'));
    await repo.open('conflict');
    expect(await repo.verdict('conflict')).toMatchObject({
      conclusion: 'success',
    });
    await repo.push('main', root => repo.add(root, 'two_db'));
    await repo.push('conflict', () => undefined, { from: 'conflict' });
    await refused(
      'conflict',
      'The pull request conflicts with main, so there is no merge to check. Merge main into its branch, or rebase it, and resolve the conflicts.',
    );
  });

  it("and sends only what GitHub's OpenAPI description allows", () => {
    expect(repo.violations()).toEqual([]);
  });
});
