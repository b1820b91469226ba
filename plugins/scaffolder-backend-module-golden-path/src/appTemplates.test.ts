import { bootScaffolder, stepStatuses, textOf } from './testing/bootScaffolder';
import { FakeGitHub } from './testing/fakeGitHub';

const form = {
  component_id: 'price-calculator',
  owner: 'group:default/platform-team',
  environment: 'dev',
  description: 'Prices with their taxes',
};
const WORKLOADS = {
  'stateless-app': 'deploy/base/deployment.yaml',
  'stateful-app': 'deploy/base/statefulset.yaml',
};

describe.each(Object.entries(WORKLOADS))(
  'the template %s',
  (name, workload) => {
    let github: FakeGitHub;
    let scaffolder: Awaited<ReturnType<typeof bootScaffolder>>;
    beforeAll(async () => {
      github = new FakeGitHub();
      await github.start();
      scaffolder = await bootScaffolder(github, {}, name);
    });
    afterAll(async () => {
      await scaffolder.stop();
      await github.stop();
    });

    const send = async (values: Record<string, string>) => {
      const { body } = await scaffolder.createTask(values);
      return scaffolder.finished(body.id);
    };

    it('publishes the app, without a question to the infra repo', async () => {
      const task = await send(form);
      expect([task.status, textOf(task.events)]).toEqual([
        'completed',
        expect.any(String),
      ]);
      const { links, text } = task.events.find(
        event => event.type === 'completion',
      )!.body.output!;
      expect(links!.map(link => link.url ?? link.entityRef)).toEqual([
        `http://${github.host}/acme/price-calculator`,
        'component:default/price-calculator',
      ]);
      expect(text!.map(one => one.title)).toEqual(['What happens next']);
      const files = github
        .git('acme/price-calculator', ['ls-tree', '-r', '--name-only', 'main'])
        .split('\n');
      expect(files).toEqual(
        expect.arrayContaining([workload, 'app.py', 'catalog-info.yaml']),
      );
      expect(
        github.requests.filter(({ path }) => path.includes('platform-infra')),
      ).toEqual([]);
      expect(github.runs).toEqual([]);
    });

    it('refuses the same name again, and changes nothing', async () => {
      const before = github.requests.length;
      const task = await send(form);
      expect(stepStatuses(task.events)).toMatchObject({
        validate: 'failed',
        publish: 'skipped',
        'what-exists': 'completed',
      });
      expect(textOf(task.events)).toContain(
        'acme/price-calculator exists already',
      );
      expect(
        github.requests.slice(before).filter(({ method }) => method !== 'GET'),
      ).toEqual([]);
    });

    it('shows in a dry run what it would create', async () => {
      const { status, body } = await scaffolder.dryRun({
        ...form,
        component_id: 'tax-table',
      });
      expect([status, body.output?.text?.[0]]).toEqual([
        200,
        expect.objectContaining({
          title: 'Dry run',
          content: expect.stringContaining(`- \`${workload}\``),
        }),
      ]);
      expect(github.repos.has('acme/tax-table')).toBe(false);
    });
  },
);
