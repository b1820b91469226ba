import { TemplateAction } from '@backstage/plugin-scaffolder-node';
import { runAction } from '../testing/actionContext';
import { FakeGitHub } from '../testing/fakeGitHub';
import { newHarness } from '../testing/harness';
import { newRenderApp } from '../testing/renderApp';
import { createAppPublishAction } from './appPublish';
import { createAppRenderAction } from './appRender';
import { exampleRequest } from './exampleRequest';
import { createRdsAwaitAction } from './rdsAwait';
import { createRdsDispatchAction } from './rdsDispatch';
import { createRdsProvisionAction } from './rdsProvision';

const REQUEST =
  'request is required: give the step the input request, such as ${{ steps.validate.output.request }}.';
const RUN =
  "runId is required: give the step the input runId, such as ${{ steps['trigger-rds'].output.runId }}.";
const ENVIRONMENT =
  'environment is required: give the step the input environment, such as dev.';
const unused = (): never => {
  throw new Error('Nothing may be called.');
};

/** CASES 23. What an expression of a template can give where a step before it has no such output: nothing, null or a blank text. */
describe('an input that is required', () => {
  const github = new FakeGitHub();
  let actions: Record<string, TemplateAction<any, any, any>>;
  beforeAll(async () => {
    await github.start();
    const harness = await newHarness(github);
    const renderApp = newRenderApp(harness);
    actions = {
      dispatch: createRdsDispatchAction({
        ...harness,
        previewRequest: unused,
      }),
      await: createRdsAwaitAction(harness),
      render: createAppRenderAction({ ...harness, renderApp }),
      publish: createAppPublishAction({
        ...harness,
        renderApp,
        author: { name: 'x', email: 'x@example.com' },
        taskUrl: unused,
      }),
      provision: createRdsProvisionAction({
        config: harness.config,
        githubFor: unused,
        secrets: { read: unused },
        connect: unused,
        auditFile: unused,
        now: unused,
      }),
    };
  });
  afterAll(() => github.stop());

  it.each([
    { action: 'dispatch', input: {}, says: REQUEST },
    { action: 'dispatch', input: { request: null }, says: REQUEST },
    { action: 'dispatch', input: { request: '' }, says: REQUEST },
    { action: 'await', input: { runId: 7 }, says: REQUEST },
    { action: 'await', input: { request: exampleRequest }, says: RUN },
    {
      action: 'await',
      input: { request: exampleRequest, runId: null },
      says: RUN,
    },
    {
      action: 'await',
      input: { request: exampleRequest, runId: 1.5 },
      says: 'runId 1.5: use the ID of a workflow run, a whole number.',
    },
    { action: 'render', input: {}, says: REQUEST },
    { action: 'publish', input: {}, says: REQUEST },
    { action: 'provision', input: {}, says: ENVIRONMENT },
    { action: 'provision', input: { environment: '' }, says: ENVIRONMENT },
  ])(
    'is named in our words: $action $input',
    async ({ action, input, says }) => {
      await expect(runAction(actions[action], input)).rejects.toMatchObject({
        name: 'InputError',
        message: says,
      });
      expect(github.requests).toEqual([]);
    },
  );

  it('is left to the action: JSON Schema would name it in its own words', () => {
    for (const { id, schema } of Object.values(actions))
      expect({ id, required: schema?.input?.required }).toEqual({
        id,
        required: undefined,
      });
  });
});
