import { parse, stringify } from 'yaml';
import {
  EXAMPLE_DATABASE,
  EXAMPLE_FORM,
} from '../../../tests/support/exampleDatabase';
import { bootScaffolder, stepStatuses, textOf } from './testing/bootScaffolder';
import { FakeGitHub } from './testing/fakeGitHub';
import { emptyInfraFiles } from './testing/infraFiles';

/** The template of an attacker, who signs in as user:default/mock: it has one step and skips validate. */
const withForgedRequest = (request: object) => (text: string) => {
  const template = parse(text);
  return stringify({
    ...template,
    spec: {
      ...template.spec,
      parameters: [],
      steps: [
        {
          id: 'trigger',
          action: 'goldenpath:rds:dispatch',
          input: { request },
        },
      ],
      output: {},
    },
  });
};

describe("a request in another team's name, through the scaffolder", () => {
  let github: FakeGitHub;
  let scaffolder: Awaited<ReturnType<typeof bootScaffolder>> | undefined;

  beforeEach(async () => {
    github = new FakeGitHub();
    await github.start();
    for (const [path, text] of emptyInfraFiles()) github.files.set(path, text);
  });
  afterEach(async () => {
    await scaffolder?.stop();
    await github.stop();
  });

  const run = async (values: Record<string, string>) => {
    const { status, body } = await scaffolder!.createTask(values);
    expect({ status, body }).toEqual({ status: 201, body: { id: body.id } });
    const task = await scaffolder!.finished(body.id);
    return {
      status: task.status,
      steps: stepStatuses(task.events),
      says: textOf(task.events),
    };
  };
  const writes = () => github.requests.filter(({ method }) => method !== 'GET');

  it('is refused at validate', async () => {
    scaffolder = await bootScaffolder(github);
    const task = await run({
      ...EXAMPLE_FORM,
      owner: 'group:default/checkout-team',
    });
    expect(task).toMatchObject({
      status: 'failed',
      steps: { validate: 'failed', 'trigger-rds': 'skipped' },
      says: expect.stringContaining(
        'Owner: user:default/mock is not a member of group:default/checkout-team',
      ),
    });
    expect(writes()).toEqual([]);
  });

  it.each([
    {
      request: {
        ...EXAMPLE_DATABASE,
        requestedBy: 'mock',
        owner: 'checkout-team',
      },
      says: 'Owner: user:default/mock is not a member of group:default/checkout-team',
      reason: 'for a team of others',
    },
    {
      request: { ...EXAMPLE_DATABASE, requestedBy: 'jane' },
      says: 'Requesting user: the request names "jane", and this task was started by "mock"',
      reason: 'as another user',
    },
  ])(
    'is refused at dispatch by a template without validate, $reason',
    async ({ request, says }) => {
      scaffolder = await bootScaffolder(
        github,
        {},
        'backend-app-rds',
        withForgedRequest(request),
      );
      const task = await run({});
      expect(task).toMatchObject({
        status: 'failed',
        steps: { trigger: 'failed' },
        says: expect.stringContaining(says),
      });
      expect(writes()).toEqual([]);
    },
  );

  it('is dispatched by the same template for a team of their own', async () => {
    scaffolder = await bootScaffolder(
      github,
      {},
      'backend-app-rds',
      withForgedRequest({ ...EXAMPLE_DATABASE, requestedBy: 'mock' }),
    );
    expect(await run({})).toMatchObject({ status: 'completed' });
    expect(github.runs).toHaveLength(1);
  });
});
