import { Expression } from './template';
import { parseWorkflowFile } from './workflowFile';

const parse = (text: string) => parseWorkflowFile(text, 'x.yml');

describe('parseWorkflowFile', () => {
  it.each([
    {
      text: 'on: push\njobs:\n  a: [',
      message: 'x.yml: Flow sequence',
      reason: 'no YAML',
    },
    {
      text: 'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: x\n        foo: 1',
      message: "x.yml (Line: 7, Col: 9): Unexpected value 'foo'",
      reason: 'an unknown key',
    },
    {
      text: 'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: ${{ nosuch.x }}',
      message: "x.yml (Line: 6, Col: 14): Unrecognized named-value: 'nosuch'",
      reason: 'an unknown context',
    },
    {
      text: 'on: push\njobs:\n  a:\n    runs-on: x\n    if: ${{ secrets.x }}\n    steps: [{ run: x }]',
      message: "Unrecognized named-value: 'secrets'",
      reason: 'a context that is not there',
    },
    {
      text: 'on: push\njobs:\n  a:\n    runs-on: x\n    needs: b\n    steps: [{ run: x }]',
      message: 'at least one job with no dependencies',
      reason: 'only jobs that wait',
    },
    {
      text: 'on: push\njobs:\n  a: { runs-on: x, steps: [{ run: x }] }\n  b: { runs-on: x, needs: c, steps: [{ run: x }] }',
      message: "depends on unknown job 'c'",
      reason: 'an unknown job',
    },
    {
      text: 'on: nosuch\njobs: { a: { runs-on: x, steps: [{ run: x }] } }',
      message: "Unexpected value 'nosuch'",
      reason: 'an unknown event',
    },
    { text: '', message: 'x.yml', reason: 'an empty file' },
  ])('refuses $reason', async ({ text, message }) => {
    expect(await parse(text)).toEqual({
      errors: [expect.stringContaining(message)],
    });
  });

  it.each([
    { on: 'push', events: { push: {} } },
    { on: '[push, pull_request]', events: { push: {}, pull_request: {} } },
    {
      on: '{ push: , pull_request: { types: [opened] } }',
      events: { push: {}, pull_request: { types: ['opened'] } },
    },
  ])('reads on: $on', async ({ on, events }) => {
    const result = await parse(
      `on: ${on}\njobs: { a: { runs-on: x, steps: [{ run: x }] } }`,
    );
    expect(result).toMatchObject({ workflow: { on: events, name: 'x.yml' } });
  });

  it('reads inputs, defaults and expressions', async () => {
    const result = await parse(`
name: Example
run-name: database \${{ inputs.request_id }}
on:
  workflow_dispatch:
    inputs:
      request_id: { type: string, required: true }
      count: { type: number, default: 3 }
      environment: { type: choice, options: [dev, prod] }
defaults: { run: { shell: bash, working-directory: envs } }
jobs:
  a:
    runs-on: \${{ vars.RUNNER || 'ubuntu-latest' }}
    if: github.ref == 'x'
    steps:
      - id: one
        run: echo \${{ github.sha }}
        if: \${{ failure() }}
`);
    expect(result).toMatchObject({
      workflow: {
        name: 'Example',
        runName: new Expression('database ${{ inputs.request_id }}'),
        dispatchInputs: {
          request_id: { type: 'string', required: true },
          count: { type: 'number', default: 3 },
          environment: { type: 'choice', options: ['dev', 'prod'] },
        },
        defaults: { shell: 'bash', workingDirectory: 'envs' },
        jobs: [
          {
            id: 'a',
            condition: "success() && (github.ref == 'x')",
            steps: [
              {
                id: 'one',
                condition: 'failure()',
                run: new Expression('echo ${{ github.sha }}'),
              },
            ],
          },
        ],
      },
    });
  });
});
