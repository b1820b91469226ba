import { DISPATCHER } from '@goldenpath/local-platform';
import { createAppToken } from '@goldenpath/local-github/src/actions/appToken';
import {
  CATALOG_PATH,
  WorkflowInputs,
} from '@goldenpath/plugin-golden-path-common';
import { readCatalog } from '@goldenpath/plugin-golden-path-node';
import {
  InfraGitHub,
  requestFor,
  startInfraGitHub,
} from '../tests/support/infraGitHub';

/** The login of everyone here who isn't the App that Backstage dispatches with. */
const PERSON = DISPATCHER;

describe('who requests a database, and who is asked to review it', () => {
  let infra: InfraGitHub;
  let portal: { appId: number; privateKey: string };

  beforeAll(async () => {
    infra = await startInfraGitHub({
      without: ['rds-database-apply.yml', 'rds-database-guard.yml'],
    });
    portal = await infra.github.createApp('portal', {
      actions: 'write',
    });
  });
  afterAll(() => infra?.stop());

  const setDispatcher = (login: string) =>
    infra.github.setVariable(infra.repo, 'GOLDENPATH_DISPATCHER', login);
  const dispatchAsApp = async (inputs: WorkflowInputs) => {
    const { token } = await createAppToken({
      inputs: {
        'app-id': String(portal.appId),
        'private-key': portal.privateKey,
        'permission-actions': 'write',
      },
      apiUrl: infra.github.apiUrl,
      repository: `${infra.repo.owner}/${infra.repo.name}`,
      signal: AbortSignal.timeout(60_000),
    });
    return fetch(
      `${infra.github.apiUrl}${infra.path}/actions/workflows/create-rds-database.yml/dispatches`,
      {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ ref: 'main', inputs }),
      },
    );
  };

  /** What the catalog, the pull request and the run of a request show, after one dispatch. */
  const outcomeOf = async (
    dispatch: (inputs: WorkflowInputs) => Promise<Response>,
    inputs: WorkflowInputs,
  ) => {
    expect((await dispatch(inputs)).status).toBe(204);
    await infra.github.actions.idle();
    const branch = `database/dev/${inputs.database_name}`;
    const pull = (await infra.pullOf(branch))!;
    const catalog = (await infra.file(CATALOG_PATH, branch))!;
    const [run] = (await infra.runs()).sort((a, b) => b.id - a.id);
    return {
      conclusion: run.conclusion,
      log: await infra.runLog(run.id),
      body: pull.body,
      number: pull.number,
      requestedBy: readCatalog(catalog, CATALOG_PATH).dev[inputs.database_name]
        .metadata.requested_by,
    };
  };
  const dispatchAsPerson = (inputs: WorkflowInputs) => infra.dispatch(inputs);

  it("takes the user from Backstage's login, in any case", async () => {
    await setDispatcher('Portal[bot]');
    const outcome = await outcomeOf(dispatchAsApp, requestFor('first_db'));
    expect(outcome).toMatchObject({
      conclusion: 'success',
      requestedBy: 'jane',
    });
    expect(outcome.body).toContain('| Requested by | `jane` |');
    expect(outcome.body).toContain('request=dev-first_db task=task-first_db');
    expect(outcome.body).not.toContain('[!WARNING]');
    expect(outcome.log).not.toContain('##[notice]The request is recorded');
  });

  it("doesn't take it from anyone else: the request shows who dispatched it", async () => {
    await setDispatcher('portal[bot]');
    const outcome = await outcomeOf(
      dispatchAsPerson,
      requestFor('second_db', { user: 'somebody-else', task_id: 'task-1' }),
    );
    expect(outcome).toMatchObject({
      conclusion: 'success',
      requestedBy: `${PERSON} (by hand)`,
    });
    expect(outcome.body).toContain(
      `\`${PERSON} (by hand)\` requests a PostgreSQL database`,
    );
    expect(outcome.body).toContain(
      'nobody checked that this person belongs to `platform-team`. Ask that team before you merge.',
    );
    expect(outcome.body).toContain('request=dev-second_db task=none');
    expect(outcome.body).not.toContain('somebody-else');
    expect(outcome.log).toContain(
      `##[notice]The request is recorded as by hand, because ${PERSON} dispatched it and not portal[bot] (GOLDENPATH_DISPATCHER). The inputs user and task_id are ignored.`,
    );
  });

  it('takes it from nobody while GOLDENPATH_DISPATCHER is not set', async () => {
    // GitHub evaluates a variable that doesn't exist to empty text.
    await setDispatcher('');
    const outcome = await outcomeOf(dispatchAsApp, requestFor('third_db'));
    expect(outcome).toMatchObject({
      conclusion: 'success',
      requestedBy: 'portal[bot] (by hand)',
    });
    // Backstage still finds the pull request of its task.
    expect(outcome.body).toContain('request=dev-third_db task=task-third_db');
    expect(outcome.log).toContain(
      'the variable GOLDENPATH_DISPATCHER is not set. Set it to the login that Backstage dispatches with',
    );
  });

  const requestedTeams = async (number: number) =>
    (
      await infra.json<{ requested_teams: Array<{ slug: string }> }>(
        `${infra.path}/pulls/${number}`,
      )
    ).requested_teams.map(({ slug }) => slug);

  it('asks the owner for a review, whose namespace GitHub does not know', async () => {
    await setDispatcher(PERSON);
    await infra.github.createTeam('acme', 'checkout-team');
    await infra.call('PUT', `/orgs/acme/teams/checkout-team${infra.path}`, {
      permission: 'push',
    });
    const outcome = await outcomeOf(
      dispatchAsPerson,
      requestFor('fourth_db', { owner: 'shop/Checkout-Team' }),
    );
    expect(outcome.conclusion).toBe('success');
    expect(await requestedTeams(outcome.number)).toEqual(['checkout-team']);
    expect(outcome.log).toContain(
      'Requested a review by checkout-team, which owns the database.',
    );
  });

  it('asks the owner as the review App, and without it where its key is wrong', async () => {
    const { appId, privateKey } = await infra.github.createApp('reviews', {
      members: 'read',
      pull_requests: 'write',
    });
    const setKey = (key: string) =>
      infra.github.setSecret(
        infra.repo,
        'GOLDENPATH_REVIEW_APP_PRIVATE_KEY',
        key,
      );
    await infra.github.setVariable(
      infra.repo,
      'GOLDENPATH_REVIEW_APP_ID',
      String(appId),
    );
    const reviewRequester = async (number: number) =>
      (
        await infra.json<Array<{ review_requester?: { login: string } }>>(
          `${infra.path}/issues/${number}/events`,
        )
      ).flatMap(event => event.review_requester?.login ?? []);
    const owner = 'checkout-team';

    await setKey(privateKey);
    const right = await outcomeOf(
      dispatchAsPerson,
      requestFor('right_key_db', { owner }),
    );
    expect(right.conclusion).toBe('success');
    expect(await reviewRequester(right.number)).toEqual(['reviews[bot]']);

    await setKey(portal.privateKey);
    const wrong = await outcomeOf(
      dispatchAsPerson,
      requestFor('wrong_key_db', { owner }),
    );
    expect(wrong.conclusion).toBe('success');
    expect(await reviewRequester(wrong.number)).toEqual([
      'github-actions[bot]',
    ]);
  });

  it('says so where GitHub has no such team, and goes on', async () => {
    const outcome = await outcomeOf(
      dispatchAsPerson,
      requestFor('fifth_db', { owner: 'nobody-here' }),
    );
    expect(outcome.conclusion).toBe('success');
    expect(await requestedTeams(outcome.number)).toEqual([]);
    expect(outcome.log).toMatch(
      /##\[notice\]nobody-here owns the database, but its review could not be requested\. Ask the team by hand\./,
    );
  });
});
