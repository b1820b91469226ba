import { ACTION_IDS } from './refusingActions';
import { EXAMPLE_FORM as form } from '../../../tests/support/exampleDatabase';
import { bootScaffolder, stepStatuses, textOf } from './testing/bootScaffolder';
import { FakeGitHub } from './testing/fakeGitHub';

/** A mistake in goldenPath must not stop Backstage; the task that needs it says which key. */
describe('a goldenPath configuration that cannot be used', () => {
  const github = new FakeGitHub();
  let scaffolder: Awaited<ReturnType<typeof bootScaffolder>> | undefined;
  beforeAll(() => github.start());
  afterEach(async () => {
    await scaffolder?.stop();
    scaffolder = undefined;
  });
  afterAll(() => github.stop());

  const repoUrl = () => `${github.host}?owner=acme&repo=platform-infra`;
  it.each([
    {
      reason: 'none at all',
      goldenPath: () => ({}),
      words: 'goldenPath.infraRepo.repoUrl is missing in app-config',
    },
    {
      reason: 'an unknown choice',
      goldenPath: () => ({
        infraRepo: { repoUrl: repoUrl() },
        app: { visibility: 'secret' },
      }),
      words: 'goldenPath.app.visibility "secret": use one of',
    },
    {
      reason: 'a value of the wrong type',
      goldenPath: () => ({
        infraRepo: { repoUrl: repoUrl() },
        provision: { groups: 'group:default/dba' },
      }),
      words: 'goldenPath.provision.groups',
    },
  ])('$reason: the actions refuse and name it', async row => {
    scaffolder = await bootScaffolder(github, { goldenPath: row.goldenPath() });
    expect(await scaffolder.actionIds()).toEqual(
      expect.arrayContaining([...ACTION_IDS]),
    );
    const { body } = await scaffolder.createTask(form);
    const task = await scaffolder.finished(body.id);
    expect(stepStatuses(task.events)).toMatchObject({
      validate: 'failed',
      'what-exists': 'completed',
    });
    expect(textOf(task.events)).toContain(
      'The golden path is not configured: ',
    );
    expect(textOf(task.events)).toContain(row.words);

    const dryRun = await scaffolder.dryRun(form);
    expect(JSON.stringify(dryRun.body)).toContain(
      JSON.stringify(row.words).slice(1, -1),
    );
    expect(github.requests).toEqual([]);
  });

  it('refuses with every action of the module', async () => {
    scaffolder = await bootScaffolder(github);
    const ids: string[] = await scaffolder.actionIds();
    expect(ids.filter(id => id.startsWith('goldenpath:')).sort()).toEqual(
      [...ACTION_IDS].sort(),
    );
  });
});
