import { EXAMPLE_FORM as form } from '../../../tests/support/exampleDatabase';
import { bootScaffolder, stepStatuses } from './testing/bootScaffolder';
import { FakeGitHub } from './testing/fakeGitHub';
import { emptyInfraFiles } from './testing/infraFiles';

interface LogEntry {
  body: { stepId?: string; status?: string; message: string };
}

/** The shipped template in the template editor, through Backstage's API. */
describe('a dry run of the template', () => {
  let github: FakeGitHub;
  let scaffolder: Awaited<ReturnType<typeof bootScaffolder>>;
  beforeAll(async () => {
    github = new FakeGitHub();
    await github.start();
    for (const [path, text] of emptyInfraFiles()) github.files.set(path, text);
    scaffolder = await bootScaffolder(github);
  });
  afterAll(async () => {
    await scaffolder.stop();
    await github.stop();
  });

  it('completes every step, shows what a task would do, and changes nothing', async () => {
    const { status, body } = await scaffolder.dryRun(form, {
      USER_OAUTH_TOKEN: 'canary-token',
    });
    expect([status, body.error]).toEqual([200, undefined]);
    const log = body.log as LogEntry[];
    const steps = Object.fromEntries(
      log.flatMap(({ body: { stepId, status: own } }) =>
        stepId && own ? [[stepId, own]] : [],
      ),
    );
    expect(steps).toMatchObject({
      validate: 'completed',
      'trigger-rds': 'completed',
      template: 'completed',
      publish: 'completed',
      'await-rds': 'completed',
    });
    expect(Object.values(steps)).not.toContain('failed');

    const infra = `http://${github.host}/acme/platform-infra`;
    expect(body.output.links).toEqual([
      {
        title: 'Pull request for the database',
        icon: 'github',
        url: `${infra}/pulls?q=is%3Apr%20head%3Adatabase%2Fdev%2Fusers_db`,
      },
      {
        title: 'Workflow',
        icon: 'github',
        url: `${infra}/actions/workflows/create-rds-database.yml`,
      },
    ]);
    const [shown, ...others] = body.output.text;
    expect(others).toEqual([]);
    expect(shown.title).toBe('Dry run');
    for (const part of [
      'Nothing was created.',
      '"request_id": "dev-users_db"',
      '## Create RDS database users_db (dev)',
      '| Role | `users_app_user` |',
      '+++ b/envs/dev-rds/terraform.tfvars',
      `A task would create the private repository http://${github.host}/acme/user-service, and push`,
      '- `deploy/base/externalsecret.yaml`',
    ])
      expect(shown.content).toContain(part);
    expect(JSON.stringify(log)).toContain(
      '+++ b/envs/dev-rds/terraform.tfvars',
    );

    expect(JSON.stringify(body)).not.toContain('canary');
    expect(github.requests.filter(({ method }) => method !== 'GET')).toEqual(
      [],
    );
    expect(await scaffolder.database('goldenpath_claims').select('*')).toEqual(
      [],
    );
  });

  it('creates no app that exists already', async () => {
    github.addRepo('acme/known-app', '');
    const { status, body } = await scaffolder.dryRun({
      ...form,
      component_id: 'known-app',
      existingApp: true,
    });
    expect([status, body.error]).toEqual([200, undefined]);
    const steps = stepStatuses(body.log);
    expect(steps).toMatchObject({
      validate: 'completed',
      'trigger-rds': 'completed',
      template: 'skipped',
      publish: 'skipped',
      register: 'skipped',
      'await-rds': 'completed',
    });
    expect(body.output.links).toContainEqual({
      title: 'App in the catalog',
      icon: 'catalog',
      entityRef: 'component:default/known-app',
    });
    const [shown] = body.output.text;
    expect(shown.content).toContain('Nothing was created.\n');
    expect(shown.content).not.toContain('A task would create');
  });
});
