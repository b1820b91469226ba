import { listJobConclusions, TestPlatform } from './testing/testPlatform';

const COMPUTE = `
  compute:
    runs-on: x
    outputs: { list: "\${{ steps.one.outputs.list }}", word: "\${{ steps.one.outputs.word }}" }
    steps:
      - id: one
        run: |
          echo 'list=["dev","prod"]' >> "$GITHUB_OUTPUT"
          echo 'word=hello' >> "$GITHUB_OUTPUT"
`;

describe('jobs', () => {
  let platform: TestPlatform;
  beforeAll(() => {
    platform = new TestPlatform({
      secrets: () => ({ PASSWORD: 'hunter2-canary', OTHER: 'other-canary' }),
    });
  });
  afterAll(() => platform.stop());

  const dispatch = (
    jobs: string,
    inputs: Record<string, string> = {},
    extra = '',
  ) =>
    platform.dispatch(
      `on: { workflow_dispatch: { inputs: { text: { type: string } } } }\n${extra}\njobs:\n${jobs}`,
      inputs,
    );

  it('hands outputs on and makes a matrix of them', async () => {
    const finished = await dispatch(`${COMPUTE}
  apply:
    needs: compute
    runs-on: x
    strategy: { matrix: { environment: "\${{ fromJSON(needs.compute.outputs.list) }}" } }
    steps:
      - run: echo "\${{ needs.compute.outputs.word }} \${{ matrix.environment }} \${{ strategy.job-index }}/\${{ strategy.job-total }}"
`);
    expect(listJobConclusions(finished)).toEqual({
      compute: 'success',
      'apply (dev)': 'success',
      'apply (prod)': 'success',
    });
    expect(finished.log).toContain('hello dev 0/2');
    expect(finished.log).toContain('hello prod 1/2');
  });

  it('gives matrix jobs the names that the file asks for', async () => {
    const finished = await dispatch(`
  apply:
    name: apply to \${{ matrix.environment }}
    runs-on: x
    strategy: { matrix: { environment: [dev, prod] } }
    steps: [{ run: "true" }]
`);
    expect(Object.keys(listJobConclusions(finished)).sort()).toEqual([
      'apply to dev',
      'apply to prod',
    ]);
  });

  it('keeps an output that contains a secret to itself', async () => {
    const finished = await dispatch(`
  one:
    runs-on: x
    outputs: { a: "\${{ steps.s.outputs.a }}" }
    steps: [{ id: s, run: 'echo "a=$P" >> "$GITHUB_OUTPUT"', env: { P: "\${{ secrets.PASSWORD }}" } }]
  two:
    needs: one
    runs-on: x
    steps: [{ run: "echo '[\${{ needs.one.outputs.a }}]'" }]
`);
    expect(finished.log).toContain(
      "Skip output 'a' since it may contain secret.",
    );
    expect(finished.log).toContain('[]');
  });

  const job = (id: string, settings: string, run = 'true') =>
    `  ${id}: { runs-on: x, ${settings}${
      settings && ', '
    }steps: [{ run: "${run}" }] }`;

  it.each([
    {
      jobs: [
        job('a', '', 'false'),
        job('b', 'needs: a'),
        job('c', 'needs: b'),
        job('d', ''),
      ],
      conclusions: { a: 'failure', b: 'skipped', c: 'skipped', d: 'success' },
      run: 'failure',
      reason: 'a failure skips what waits for it, directly or not',
    },
    {
      jobs: [
        job('a', '', 'false'),
        job('b', 'needs: a, if: "failure()"'),
        job('c', 'needs: [a, b], if: "always()"'),
      ],
      conclusions: { a: 'failure', b: 'success', c: 'success' },
      run: 'failure',
      reason: 'failure() and always() run after one',
    },
    {
      jobs: [
        job('a', '', 'false'),
        job('b', 'needs: a'),
        job('c', 'needs: b, if: "failure()"'),
      ],
      conclusions: { a: 'failure', b: 'skipped', c: 'success' },
      run: 'failure',
      reason: 'failure() looks at all that a job waits for',
    },
    {
      jobs: [
        job('a', 'if: false'),
        job('b', 'needs: a'),
        job('c', 'needs: a, if: "needs.a.result == \'skipped\' && !failure()"'),
      ],
      conclusions: { a: 'skipped', b: 'skipped', c: 'success' },
      run: 'success',
      reason: 'a skipped job skips the next, unless its condition asks',
    },
    {
      jobs: [job('a', 'if: false')],
      conclusions: { a: 'skipped' },
      run: 'skipped',
      reason: 'nothing ran at all',
    },
    {
      jobs: [
        job('a', 'continue-on-error: true', 'false'),
        job('b', 'needs: a'),
      ],
      conclusions: { a: 'failure', b: 'success' },
      run: 'success',
      reason: 'continue-on-error of a job',
    },
    {
      jobs: [
        job('a', 'strategy: { matrix: { x: "${{ fromJSON(\'[]\') }}" } }'),
      ],
      conclusions: { a: 'failure' },
      run: 'failure',
      reason: 'an empty matrix fails',
    },
    {
      jobs: [
        job('a', 'if: "github.event_name == \'push\'"'),
        job('b', 'if: "inputs.text == \'x\'"'),
      ],
      conclusions: { a: 'skipped', b: 'success' },
      run: 'success',
      reason: 'conditions see github and inputs',
    },
    {
      jobs: [job('a', 'container: node'), job('b', 'needs: a')],
      conclusions: { a: 'success', b: 'success' },
      run: 'success',
      reason: 'a container job is not run here, and stops nothing',
    },
  ])('$reason', async ({ jobs, conclusions, run }) => {
    const finished = await dispatch(jobs.join('\n'), { text: 'x' });
    expect(listJobConclusions(finished)).toEqual(conclusions);
    expect(finished.run.conclusion).toBe(run);
  });

  it('says in the log why a job could not begin', async () => {
    const finished = await dispatch(
      job('a', 'strategy: { matrix: { x: "${{ fromJSON(inputs.text) }}" } }'),
      { text: '[]' },
    );
    expect(finished.log).toContain(
      "Matrix vector 'x' does not contain any values",
    );
    expect(finished.run.jobs[0].steps[0]).toMatchObject({
      name: 'Set up job',
      conclusion: 'failure',
    });
  });

  it('ends a matrix with its first failure, unless fail-fast is off', async () => {
    const cells = (failFast: boolean) => `
  a:
    runs-on: x
    strategy: { fail-fast: ${failFast}, max-parallel: 1, matrix: { x: [1, 2] } }
    steps: [{ run: "exit $(( \${{ matrix.x }} % 2 ))" }]
`;
    expect(listJobConclusions(await dispatch(cells(true)))).toEqual({
      'a (1)': 'failure',
      'a (2)': 'cancelled',
    });
    expect(listJobConclusions(await dispatch(cells(false)))).toEqual({
      'a (1)': 'failure',
      'a (2)': 'success',
    });
  });

  describe('reusable workflows', () => {
    const called = `
on:
  workflow_call:
    inputs:
      word: { type: string, required: true }
      flag: { type: boolean, default: true }
    secrets: { PASSWORD: { required: true }, OTHER: {} }
    outputs: { answer: { value: "\${{ jobs.inner.outputs.answer }}" } }
env: { WHERE: called }
jobs:
  inner:
    runs-on: x
    outputs: { answer: "\${{ steps.s.outputs.answer }}" }
    steps:
      - id: s
        env: { P: "\${{ secrets.PASSWORD }}", O: "\${{ secrets.OTHER }}" }
        run: |
          echo "answer=\${{ inputs.word }}!" >> "$GITHUB_OUTPUT"
          echo "$WHERE \${{ inputs.flag == true }} \${#P} \${#O} \${{ github.repository }} \${{ github.event_name }}"
`;
    const caller = (uses: string, more: string) => `
  call:
    uses: ${uses}
    ${more}
  after:
    needs: call
    runs-on: x
    steps: [{ run: "echo got \${{ needs.call.outputs.answer }}" }]
`;
    beforeAll(() => {
      platform.commit({ '.github/workflows/_called.yml': called });
      platform.commit(
        { '.github/workflows/_called.yml': called },
        { repo: { owner: 'acme', name: 'shared' } },
      );
    });

    it.each([
      {
        uses: './.github/workflows/_called.yml',
        reason: 'of the same repository',
      },
      {
        uses: 'acme/shared/.github/workflows/_called.yml@main',
        reason: 'of another repository',
      },
    ])('run $reason', async ({ uses }) => {
      const finished = await dispatch(
        caller(
          uses,
          'with: { word: "${{ inputs.text }}" }\n    secrets: { PASSWORD: "${{ secrets.PASSWORD }}" }',
        ),
        { text: 'hello' },
      );
      expect(listJobConclusions(finished)).toEqual({
        'call / inner': 'success',
        after: 'success',
      });
      expect(finished.log).toContain(
        'called true 14 0 acme/infra workflow_dispatch',
      );
      expect(finished.log).toContain('got hello!');
    });

    it('inherit secrets where they are to', async () => {
      const finished = await dispatch(
        caller(
          './.github/workflows/_called.yml',
          'with: { word: x }\n    secrets: inherit',
        ),
      );
      expect(finished.log).toContain('called true 14 12 ');
    });

    it.each([
      {
        uses: './.github/workflows/nosuch.yml',
        more: '',
        message: 'nosuch.yml: not found at ',
      },
      {
        uses: 'acme/nosuch/.github/workflows/_called.yml@main',
        more: '',
        message: 'workflow was not found',
      },
      {
        uses: 'acme/shared/.github/workflows/_called.yml@nosuch',
        more: '',
        message: 'workflow was not found',
      },
      {
        uses: './.github/workflows/_called.yml',
        more: 'secrets: inherit',
        message: 'Input word is required, but not provided while calling.',
      },
      {
        uses: './.github/workflows/_called.yml',
        more: 'with: { word: x }',
        message: 'Secret PASSWORD is required, but not provided while calling.',
      },
      {
        uses: './.github/workflows/_called.yml',
        more: 'with: { word: x, nosuch: y }',
        message:
          'Invalid input, nosuch is not defined in the referenced workflow.',
      },
      {
        uses: './.github/workflows/test.yml',
        more: '',
        message: 'missing a `on.workflow_call` trigger',
      },
    ])('fail with: $message', async ({ uses, more, message }) => {
      const finished = await dispatch(caller(uses, more));
      expect(listJobConclusions(finished)).toEqual({
        call: 'failure',
        after: 'skipped',
      });
      expect(finished.log).toContain(message);
    });
  });
});
