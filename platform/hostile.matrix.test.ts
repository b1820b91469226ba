import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  InfraGitHub,
  REQUEST,
  requestFor,
  startInfraGitHub,
} from '../tests/support/infraGitHub';

/** Values that the form refuses, sent directly to the workflow. `CANARY` is a file that must not be created. */
const HOSTILE = [
  { value: '$(touch CANARY)', reason: 'a command' },
  { value: '`touch CANARY`', reason: 'a command in backticks' },
  { value: `"; touch CANARY; echo "`, reason: 'double quotes' },
  { value: `'; touch CANARY; echo '`, reason: 'single quotes' },
  { value: 'users_db\ntouch CANARY', reason: 'a second line' },
  {
    value: 'x\n::set-output name=pull-request-url::http://evil',
    reason: 'a workflow command',
  },
  { value: '${{ github.token }}', reason: 'an expression' },
  { value: '--open-pr', reason: 'an option' },
  { value: '-c core.fsmonitor=touch', reason: 'a short option' },
  { value: '../../../CANARY', reason: 'a path outside the folder' },
  { value: 'users_dｂ', reason: 'a look-alike' },
  { value: 'usеrs_db', reason: 'a Cyrillic letter' },
  { value: 'users_db\u202E', reason: 'a direction mark' },
];

/** The options for the workflow's text inputs, except request_id, which the workflow checks itself. */
const OPTIONS = [
  '--base',
  '--component',
  '--database',
  '--domain',
  '--env',
  '--owner',
  '--requested-by',
  '--task-id',
  '--username',
];

describe('create-rds-database.yml without the form', () => {
  let infra: InfraGitHub;
  let canary: string;
  let before: unknown;
  const choices: string[] = [];

  const state = async () => ({
    branches: await infra.branches(),
    pulls: (await infra.pullRequests()).length,
  });

  beforeAll(async () => {
    infra = await startInfraGitHub({ without: ['rds-database-apply.yml'] });
    canary = join(infra.folder, 'canary');
    before = await state();
    const workflow = parse(
      (await infra.file('.github/workflows/create-rds-database.yml'))!,
    );
    for (const [name, input] of Object.entries<{ type: string }>(
      workflow.on.workflow_dispatch.inputs,
    ))
      if (input.type === 'choice') choices.push(name);
  });
  afterAll(() => infra?.stop());

  const hostile = (value: string) => value.replaceAll('CANARY', canary);
  const runs = async () =>
    (await infra.runs()).filter(run =>
      run.path.endsWith('create-rds-database.yml'),
    );

  it('has the choice inputs that this test expects', () => {
    expect(choices.sort()).toEqual(['risk', 'size']);
  });

  it('does not start with an invalid choice', async () => {
    for (const name of choices) {
      for (const { value } of HOSTILE) {
        const answer = await infra.dispatch({
          ...REQUEST,
          [name]: hostile(value),
        });
        expect({ name, value, status: answer.status }).toEqual({
          name,
          value,
          status: 422,
        });
        expect(((await answer.json()) as { message: string }).message).toBe(
          `Provided value '${hostile(
            value,
          )}' for input '${name}' not in the list of allowed values`,
        );
      }
    }
    expect(await runs()).toEqual([]);
  });

  it.each([
    {
      reason: 'an unknown input',
      inputs: { ...REQUEST, extra: 'x' },
      says: 'Unexpected inputs provided: ["extra"]',
    },
    {
      reason: 'a missing input',
      inputs: Object.fromEntries(
        Object.entries(REQUEST).filter(([name]) => name !== 'username'),
      ),
      says: "Required input 'username' not provided",
    },
    {
      reason: 'an empty input',
      inputs: { ...REQUEST, username: '' },
      says: "Required input 'username' not provided",
    },
    {
      reason: 'more than 25 inputs',
      inputs: Object.fromEntries(
        Array.from({ length: 26 }, (_, i) => [`input_${i}`, 'x']),
      ),
      says: /25|Invalid request/,
    },
  ])('does not start with $reason: 422', async ({ inputs, says }) => {
    const answer = await infra.dispatch(inputs);
    expect(answer.status).toBe(422);
    expect(((await answer.json()) as { message: string }).message).toMatch(
      says,
    );
    expect(await runs()).toEqual([]);
  });

  it('refuses every hostile value; executes and writes nothing', async () => {
    const texts = Object.keys(REQUEST).filter(name => !choices.includes(name));
    expect(texts).toHaveLength(10);
    // One run per value, with the value in every input; and one run per input, with the first value.
    const sent: Array<{ inputs: Record<string, string>; says: string[] }> = [];
    for (const { value } of HOSTILE) {
      sent.push({
        inputs: {
          ...REQUEST,
          ...Object.fromEntries(texts.map(name => [name, hostile(value)])),
          // Otherwise the check of request_id would refuse all of them first.
          request_id: `${hostile(value)}-${hostile(value)}`,
        },
        says: OPTIONS.map(option => `  ${option}: `),
      });
    }
    for (const [index, name] of texts.entries()) {
      // One database per run: requests for the same one would wait for each other.
      const one = {
        ...requestFor(`single_${index}_db`),
        [name]: hostile(HOSTILE[0].value),
      };
      if (name === 'database_name' || name === 'environment')
        one.request_id = `${one.environment}-${one.database_name}`;
      sent.push({
        inputs: one,
        says: [
          name === 'request_id'
            ? 'request_id must be <environment>-<database_name>'
            : `Got "$(touch ${canary})"`,
        ],
      });
    }
    for (const { inputs } of sent)
      expect((await infra.dispatch(inputs)).status).toBe(204);
    await infra.github.actions.idle();
    const finished = (await runs()).sort((a, b) => a.id - b.id);
    expect(finished).toHaveLength(sent.length);
    for (const [index, run] of finished.entries()) {
      const log = await infra.runLog(run.id);
      expect({
        inputs: sent[index].inputs,
        conclusion: run.conclusion,
        missing: sent[index].says.filter(text => !log.includes(text)),
      }).toEqual({
        inputs: sent[index].inputs,
        conclusion: 'failure',
        missing: [],
      });
      // Neither a token nor the result of an expression.
      expect(log).not.toMatch(/ghs_[0-9a-f]/);
    }
    expect(existsSync(canary)).toBe(false);
    expect(await state()).toEqual(before);
  });

  it('still opens a pull request for valid values', async () => {
    expect((await infra.dispatch(requestFor('users_db'))).status).toBe(204);
    await infra.github.actions.idle();
    expect(await infra.pullOf('database/dev/users_db')).toMatchObject({
      mergeable: true,
    });
    expect(existsSync(canary)).toBe(false);
  });
});
