import { jobsOf, stepsOf, TestPlatform } from './testing/testPlatform';

const on = 'on: workflow_dispatch\n';

describe('Actions service', () => {
  let platform: TestPlatform;
  beforeEach(() => {
    platform = new TestPlatform({
      runnerEnv: { AWS_REGION: 'eu-central-1', PATH: '/opt/shims' },
      variables: () => ({ COLOUR: 'blue', LEVEL: 'repository' }),
      environmentVariables: (_, environment) => ({ LEVEL: environment }),
      secrets: () => ({ PASSWORD: 'hunter2-canary' }),
    });
  });
  afterEach(() => platform.stop());

  it('runs a push from end to end', async () => {
    const [run] = await platform.push({
      'hello.txt': 'hello from the repository',
      '.github/workflows/test.yml': `
name: Test
on: push
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: cat hello.txt
`,
    });
    expect(run).toMatchObject({
      id: 1,
      runNumber: 1,
      status: 'queued',
      workflowName: 'Test',
      displayTitle: 'change',
    });
    const finished = await platform.finished(run);
    expect(finished.log).toContain('hello from the repository');
    expect(stepsOf(finished)).toEqual({
      'Run actions/checkout@v4': 'success',
      'Run cat hello.txt': 'success',
    });
    expect(finished.run).toMatchObject({
      status: 'completed',
      conclusion: 'success',
    });
  });

  it('x', async () => {
    const f = await platform.dispatch(
      `${on}jobs: {a: {runs-on: x, steps: [{run: "env | sort; exit 3"}]}}`,
    );
    expect(jobsOf(f)).toEqual({ a: 'failure' });
    console.log(f.fullLog);
  });
});
