import {
  runGit,
  listJobConclusions,
  listStepConclusions,
  TestPlatform,
} from './testing/testPlatform';

const SECRET = 'hunter2-canary';

/** A workflow of one job with these steps, written as YAML. */
const workflow = (steps: string, extra = ''): string => {
  return `
on:
  workflow_dispatch:
    inputs: { text: { type: string }, flag: { type: boolean }, count: { type: number, default: 3 } }
${extra}
jobs:
  a:
    runs-on: ubuntu-latest
    environment: staging
    steps:
${steps.replace(/^/gm, '      ')}
`;
};

describe('steps', () => {
  let platform: TestPlatform;
  beforeAll(() => {
    platform = new TestPlatform({
      runnerEnv: { AWS_REGION: 'eu-central-1', PATH: '/opt/shims' },
      variables: () => ({ COLOUR: 'blue', LEVEL: 'repository' }),
      environmentVariables: (_, environment) => ({ LEVEL: environment }),
      secrets: () => ({ PASSWORD: SECRET }),
    });
  });
  afterAll(() => platform.stop());

  const output = async (
    steps: string,
    extra = '',
    inputs: Record<string, string> = {},
  ) =>
    (await platform.dispatch(workflow(steps, extra), inputs)).log
      .split('\n')
      .filter(line => line !== '');

  describe('an action of the repository itself', () => {
    const action = `
inputs: { word: { default: 'from \${{ github.repository }}' }, other: {} }
outputs: { said: { value: '\${{ steps.say.outputs.said }}' } }
runs:
  using: composite
  steps:
    - id: say
      shell: bash
      env: { WORD: '\${{ inputs.word }}' }
      run: |
        echo "word=$WORD other=\${{ inputs.other }} mine=$MINE vars=\${{ vars.COLOUR }} secret=\${{ secrets.PASSWORD }}"
        echo "path=\${GITHUB_ACTION_PATH##*/}"
        echo "said=$WORD!" >> "$GITHUB_OUTPUT"
        echo PUT=here >> "$GITHUB_ENV"
    - uses: actions/setup-node@v6
    - shell: bash
      run: \${{ inputs.other == 'fail' && 'exit 3' || 'true' }}
    - { shell: bash, run: echo goes on }
    - { shell: bash, if: always(), run: echo always }
`;
    const use = (more = '') =>
      `- uses: actions/checkout@v4\n- { id: used, uses: ./actions/say, env: { MINE: yes }${more} }\n`;
    beforeAll(() => {
      platform.commit({ 'actions/say/action.yml': action });
    });

    it('runs its steps with what it is handed, and nothing more', async () => {
      const said = await output(
        `${use()}- run: echo "\${{ steps.used.outputs.said }} $PUT [\${{ steps.say.outputs.said }}]"`,
      );
      expect(said.slice(-6)).toEqual([
        'word=from acme/infra other= mine=yes vars= secret=',
        'path=say',
        'nothing to set up here',
        'goes on',
        'always',
        'from acme/infra! here []',
      ]);
    });

    it('takes inputs', async () => {
      expect(
        await output(use(', with: { word: hello, unknown: x }')),
      ).toContain('word=hello other= mine=yes vars= secret=');
    });

    it('fails as one step where one of its own fails', async () => {
      const finished = await platform.dispatch(
        workflow(`${use(', with: { other: fail }')}- run: echo after`),
      );
      expect(listStepConclusions(finished)).toEqual({
        'Run actions/checkout@v4': 'success',
        'Run ./actions/say': 'failure',
        'Run echo after': 'skipped',
      });
      expect(finished.log).toContain('always');
      expect(finished.log).not.toContain('goes on');
    });

    it.each([
      {
        uses: './nosuch',
        says: "Can't find 'action.yml'",
        reason: 'not there',
      },
      {
        uses: './actions/node',
        says: 'only composite',
        reason: 'no composite',
      },
      { uses: './actions/bare', says: 'shell', reason: 'a run: without shell' },
      { uses: './../../..', says: 'not inside', reason: 'outside' },
    ])('says what is wrong: $reason', async ({ uses, says }) => {
      platform.commit({
        'actions/node/action.yml': 'runs: { using: node20, main: x.js }',
        'actions/bare/action.yml':
          'runs: { using: composite, steps: [{ run: echo x }] }',
      });
      const { run, log } = await platform.dispatch(
        workflow(`- uses: actions/checkout@v4\n- uses: ${uses}`),
      );
      expect(run.conclusion).toBe('failure');
      expect(log).toContain(says);
    });
  });

  it('runs a push from end to end', async () => {
    const [run] = await platform.push({
      'hello.txt': 'hello from the repository',
      '.github/workflows/push.yml': `
name: Push
on: push
jobs: { build: { runs-on: x, steps: [{ uses: actions/checkout@v4 }, { run: cat hello.txt }] } }
`,
    });
    expect(run).toMatchObject({
      runNumber: 1,
      status: 'queued',
      workflowName: 'Push',
      displayTitle: 'change',
    });
    const finished = await platform.waitForEnd(run);
    expect(finished.log).toContain('hello from the repository');
    expect(listStepConclusions(finished)).toEqual({
      'Run actions/checkout@v4': 'success',
      'Run cat hello.txt': 'success',
    });
    expect(finished.run).toMatchObject({
      status: 'completed',
      conclusion: 'success',
      event: 'push',
      actor: 'jane',
    });
    platform.commit({ '.github/workflows/push.yml': 'on: schedule' });
  });

  it.each([
    {
      steps: '- run: echo "$A $B $C"\n  env: { C: step }',
      extra: 'env: { A: workflow, B: workflow, C: workflow }',
      lines: ['workflow workflow step'],
      reason: 'env of a step over that of the workflow',
    },
    {
      steps:
        '- run: echo B=file >> "$GITHUB_ENV"\n- run: echo "$A $B $C"\n  env: { C: step }',
      extra: 'env: { A: workflow, B: workflow, C: workflow }',
      lines: ['workflow file step'],
      reason: 'GITHUB_ENV over the workflow, under the step',
    },
    {
      steps:
        '- run: echo C=file >> "$GITHUB_ENV"\n- run: echo "${{ env.C }} $C"\n  env: { C: step }',
      lines: ['step step'],
      reason: 'the env context sees what the process sees',
    },
    {
      steps: '- run: echo "$X"\n  env: { X: "${{ env.A }}!" }',
      extra: 'env: { A: workflow }',
      lines: ['workflow!'],
      reason: 'env of a step can use outer env',
    },
    {
      steps:
        '- run: echo GITHUB_ACTOR=evil >> "$GITHUB_ENV"\n- run: echo "$GITHUB_ACTOR"\n  env: { GITHUB_ACTOR: evil }',
      lines: ['jane'],
      reason: 'names of the runner stay',
    },
    {
      steps: '- run: echo "$AWS_REGION ${PATH%%:*} $CI"',
      lines: ['eu-central-1 /opt/shims true'],
      reason: "the runner's own environment",
    },
    {
      steps:
        '- run: echo /first >> "$GITHUB_PATH"\n- run: echo /second >> "$GITHUB_PATH"\n- run: echo "${PATH%%/opt*}"',
      lines: ['/second:/first:'],
      reason: 'GITHUB_PATH comes first, the newest before the others',
    },
    {
      steps:
        '- id: one\n  run: |\n    echo a=1 >> "$GITHUB_OUTPUT"\n    { echo "b<<X"; echo two; echo lines; echo X; } >> "$GITHUB_OUTPUT"\n- run: echo "$A" "$B"\n  env: { A: "${{ steps.one.outputs.a }}", B: "${{ steps.one.outputs.b }}" }',
      lines: ['1 two', 'lines'],
      reason: 'outputs of steps',
    },
    {
      steps: '- run: echo "${{ vars.COLOUR }} ${{ vars.LEVEL }}"',
      lines: ['blue staging'],
      reason: "variables, the environment's over the repository's",
    },
    {
      steps:
        '- run: echo "${{ github.repository }} ${{ github.ref_name }} ${{ github.event_name }} ${{ github.event.inputs.count }} ${{ inputs.count == 3 }} ${{ inputs.flag == false }}"',
      lines: ['acme/infra main workflow_dispatch 3 true true'],
      reason: 'github and inputs, typed',
    },
    {
      steps:
        '- run: echo "$GITHUB_REPOSITORY $GITHUB_REF $GITHUB_JOB $RUNNER_OS ${{ runner.os }}"',
      lines: ['acme/infra refs/heads/main a Linux Linux'],
      reason: 'default variables',
    },
    {
      steps:
        '- run: node -e "console.log(require(process.env.GITHUB_EVENT_PATH).repository.default_branch)"',
      lines: ['main'],
      reason: 'the event as a file',
    },
    {
      steps:
        '- run: mkdir -p x/y\n- run: basename "$PWD"\n  working-directory: x/y',
      lines: ['y'],
      reason: 'working-directory',
    },
    {
      steps: '- run: mkdir -p x\n- run: basename "$PWD"',
      extra: 'defaults: { run: { working-directory: . , shell: bash } }',
      lines: ['infra'],
      reason: 'defaults.run',
    },
    {
      steps: '- run: import os; print("py", os.environ["CI"])\n  shell: python',
      lines: ['py true'],
      reason: 'shell: python',
    },
    {
      steps: '- run: echo {0}\n  shell: cat {0}',
      lines: ['echo {0}'],
      reason: 'a shell of its own',
    },
    {
      steps: '- run: echo summary >> "$GITHUB_STEP_SUMMARY"; echo done',
      lines: ['done'],
      reason: 'a summary is a group of its own',
    },
    {
      steps:
        "- run: printf a > a.txt\n- run: echo \"${{ hashFiles('*.none') }}|${{ hashFiles('*.txt') }}\"",
      // printf a | sha256sum | xxd -r -p | sha256sum
      lines: [
        '|bf5d3affb73efd2ec6c36ad3112dd933efed63c4e1cbffcfa88e2759c144f2d8',
      ],
      reason: 'hashFiles of nothing and of a file',
    },
    {
      steps:
        '- run: "true"\n- if: ${{ false }}\n  id: two\n  run: echo no\n- run: echo "${{ steps.two.outcome }} ${{ job.status }}"',
      lines: ['skipped success'],
      reason: 'a step that is skipped',
    },
  ])('$reason', async ({ steps, extra, lines }) => {
    expect(await output(steps, extra)).toEqual(lines);
  });

  it.each([
    {
      steps: '- run: "false | true"',
      conclusion: 'success',
      reason: 'without a shell the last command of a pipe decides',
    },
    {
      steps: '- run: "false | true"\n  shell: bash',
      conclusion: 'failure',
      reason: 'shell: bash has pipefail',
    },
    {
      steps: '- run: |\n    false\n    true',
      conclusion: 'failure',
      reason: 'the first failing command ends the script',
    },
    {
      steps: '- run: cd nowhere\n  working-directory: nowhere',
      conclusion: 'failure',
      reason: 'a working-directory that is not there',
    },
    {
      steps: '- run: x\n  shell: pwsh',
      conclusion: 'failure',
      reason: 'a shell that is not there',
    },
    {
      steps: '- run: "false"\n  continue-on-error: true',
      conclusion: 'success',
      reason: 'continue-on-error',
    },
    {
      steps: '- run: echo broken >> "$GITHUB_OUTPUT"',
      conclusion: 'failure',
      reason: 'a broken output file',
    },
    {
      steps: '- run: echo ${{ fromJSON(inputs.text) }}',
      conclusion: 'failure',
      reason: 'an expression that fails',
    },
    {
      steps: '- uses: ./action',
      conclusion: 'failure',
      reason: 'an action of the repository itself',
    },
    {
      steps: '- uses: docker/build-push-action@v6',
      conclusion: 'success',
      reason: 'a container action is not run',
    },
  ])('$conclusion: $reason', async ({ steps, conclusion }) => {
    expect((await platform.dispatch(workflow(steps))).run.conclusion).toBe(
      conclusion,
    );
  });

  it('goes on after a failure only where a condition says so', async () => {
    const finished = await platform.dispatch(
      workflow(`
- { name: one, id: one, run: "exit 3" }
- { name: two, run: "true" }
- { name: on failure, if: "failure()", run: "true" }
- { name: on failure of one, if: "\${{ failure() && steps.one.outcome == 'failure' }}", run: "true" }
- { name: on success, if: "success()", run: "true" }
- { name: always, if: "always()", run: "true" }
- { name: cancelled, if: "cancelled()", run: "true" }
`),
    );
    expect(listStepConclusions(finished)).toEqual({
      one: 'failure',
      two: 'skipped',
      'on failure': 'success',
      'on failure of one': 'success',
      'on success': 'skipped',
      always: 'success',
      cancelled: 'skipped',
    });
    expect(listJobConclusions(finished)).toEqual({ a: 'failure' });
    expect(finished.log).toContain(
      '##[error]Process completed with exit code 3.',
    );
  });

  it('tells outcome from conclusion', async () => {
    const steps =
      '- { id: one, run: "false", continue-on-error: true }\n- run: echo "${{ steps.one.outcome }} ${{ steps.one.conclusion }}"';
    expect(await output(steps)).toEqual([
      '##[error]Process completed with exit code 1.',
      'failure success',
    ]);
  });

  it('gives steps nothing of its own environment', async () => {
    process.env.OF_THE_PLATFORM = 'leaked';
    try {
      const names = (await output('- run: env | cut -d= -f1 | sort')).filter(
        name => !/^(GITHUB|RUNNER)_/.test(name) && name !== '_',
      );
      expect(names).toEqual([
        'AWS_REGION',
        'CI',
        'GIT_CEILING_DIRECTORIES',
        'HOME',
        'LANG',
        'PATH',
        'PWD',
        'SHLVL',
      ]);
    } finally {
      delete process.env.OF_THE_PLATFORM;
    }
  });

  it('never finds a repository around its workspaces', async () => {
    runGit(platform.root, 'init', '--quiet', '.');
    expect(
      await output('- run: git rev-parse --git-dir 2>&1 || echo none'),
    ).toContain('none');
  });

  it('never shows a secret or a masked value', async () => {
    const finished = await platform.dispatch(
      workflow(`
- run: |
    echo "secret: $PASSWORD"
    echo "$PASSWORD" | base64
    echo "token: \${{ github.token }}"
    echo '::add-mask::late-canary'
    echo "masked: late-canary"
  env: { PASSWORD: "\${{ secrets.PASSWORD }}" }
- name: named \${{ secrets.PASSWORD }} late-canary
  run: echo \${{ secrets.PASSWORD }}
`),
    );
    expect(finished.run.conclusion).toBe('success');
    expect(finished.log).toContain('secret: ***');
    expect(finished.log).toContain('token: ***');
    expect(finished.log).toContain('masked: ***');
    const everything =
      finished.fullLog.replace("echo '::add-mask::late-canary'", '') +
      JSON.stringify(finished.run);
    expect(everything).not.toContain(SECRET);
    expect(everything).not.toContain('run-token');
  });

  it('shows what it does not run as such', async () => {
    const finished = await platform.dispatch(
      workflow(`
- uses: aws-actions/configure-aws-credentials@v4
- uses: docker/setup-buildx-action@v3
- uses: someone/something@v1
- run: docker build -t app .
- run: docker-credential-helper || echo not an engine
`),
    );
    expect(
      finished.run.jobs[0].steps.map(({ conclusion, note }) => [
        conclusion,
        note,
      ]),
    ).toEqual([
      ['success', 'nothing to set up here'],
      ['skipped', 'not run here: needs a container engine'],
      [
        'skipped',
        'not run here: someone/something is not part of the local platform',
      ],
      ['skipped', 'not run here: needs a container engine'],
      ['success', undefined],
    ]);
  });

  it.each([
    '$(touch "$PWN")',
    '`touch "$PWN"`',
    '"; touch "$PWN"; "',
    '\'; touch "$PWN"; \'',
    '${{ github.token }}',
    'two\nlines',
    '::add-mask::a',
    '-n',
    '${PATH}',
  ])('takes an input as data when it goes through env: %j', async text => {
    const steps = `
- run: |
    printf '%s' "$TEXT" | node -e "process.stdin.on('data', d => console.log('got', JSON.stringify(String(d))))"
    test ! -e "$PWN"
  env: { TEXT: "\${{ inputs.text }}", PWN: "\${{ runner.temp }}/pwned" }`;
    const finished = await platform.dispatch(workflow(steps), { text });
    expect(finished.run.conclusion).toBe('success');
    expect(finished.log).toContain(`got ${JSON.stringify(text)}`);
  });

  it('pastes a value into a script where the workflow itself says so, as GitHub does', async () => {
    expect(
      await output('- run: echo ${{ inputs.text }}', '', {
        text: '$(echo run)',
      }),
    ).toEqual(['run']);
  });

  it('evaluates run-name and names of steps', async () => {
    const { run } = await platform.dispatch(
      workflow(
        '- run: echo ${{ inputs.text }}',
        'run-name: database ${{ inputs.text }} ${{ inputs.count }}',
      ),
      { text: 'dev-users_db' },
    );
    expect(run.displayTitle).toBe('database dev-users_db 3');
    expect(run.inputs).toEqual({
      text: 'dev-users_db',
      flag: 'false',
      count: '3',
    });
    expect(run.jobs[0].steps[0].name).toBe('Run echo dev-users_db');
  });
});
