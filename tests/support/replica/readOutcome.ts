import { execFileSync } from 'node:child_process';
import type { ScaffolderTask, TaskEvent } from '../backstage';
import { Replicas, withoutNames } from './bootReplicas';

/** What a form left behind, without the names of its app, so that two forms can be compared. */
export type Outcome = Record<string, unknown>;

const git = (folder: string, args: string[], input = '') =>
  execFileSync('git', ['-C', folder, ...args], {
    encoding: 'latin1',
    input,
    maxBuffer: 64 * 1024 * 1024,
  });

/** Every file of the repository with its mode, byte for byte. */
const readFiles = (folder: string): Record<string, string> => {
  const entries = git(folder, ['ls-tree', '-r', '-z', 'main'])
    .split('\0')
    .filter(Boolean)
    .map(entry => /^(\d+) \w+ (\w+)\t(.*)$/s.exec(entry)!);
  let rest = git(
    folder,
    ['cat-file', '--batch'],
    entries.map(([, , id]) => `${id}\n`).join(''),
  );
  const files: Record<string, string> = {};
  for (const [, mode, , path] of entries) {
    const start = rest.indexOf('\n') + 1;
    const end = start + Number(rest.slice(0, start).split(' ')[2]);
    files[`${mode} ${path}`] = rest.slice(start, end);
    rest = rest.slice(end + 1);
  }
  return files;
};

const readRepository = async ({ infra }: Replicas, app: string) => {
  const path = `/repos/acme/${app}`;
  const { description, homepage, visibility, default_branch } =
    await infra.json<Record<string, string>>(path);
  const folder = infra.github.gitDir({ owner: 'acme', name: app });
  const protection = await infra.call(
    'GET',
    `${path}/branches/main/protection`,
  );
  return {
    about: { description, homepage, visibility, default_branch },
    refs: git(folder, ['for-each-ref', '--format=%(refname)']),
    commits: git(folder, ['log', '--all', '--format=%an <%ae> %cn <%ce>%n%B']),
    files: readFiles(folder),
    protection: protection.status,
  };
};

/** Reads everything that the form of an app led to. */
export const readOutcome = async (
  all: Replicas,
  app: string,
  task: ScaffolderTask & { events: TaskEvent[] },
  /** The task that this one took over. */
  earlier = task.id,
): Promise<Outcome> => {
  const { component_id, databaseName } = all.formOf(app);
  const rows = async (query: string, value: string) =>
    (await all.sql.query(query, [value])).rows;
  const runs = (await all.infra.runs()).filter(({ display_title }) =>
    display_title.startsWith(`database dev-${databaseName} `),
  );
  const pulls = (await all.infra.pullRequests()).filter(
    ({ head }) => head.ref === `database/dev/${databaseName}`,
  );
  const completion = task.events.find(({ type }) => type === 'completion');
  const outcome = {
    status: task.status,
    error: completion?.body.error?.message,
    output: completion?.body.output,
    secrets: await rows(
      'SELECT secrets FROM scaffolder.tasks WHERE id = $1',
      task.id,
    ),
    runs: runs.map(run => [run.display_title, run.status, run.conclusion]),
    pullRequests: await Promise.all(
      pulls.map(async ({ number, title, state, body, labels }) => ({
        title,
        state,
        body,
        labels: labels.map(({ name }) => name),
        files: await all.infra.pullRequestFiles(number),
      })),
    ),
    claims: (
      await rows(
        "SELECT * FROM scaffolder.goldenpath_claims WHERE repo LIKE $1 AND state NOT IN ('taken_over', 'freed')",
        `%/${component_id}`,
      )
    ).map(({ request_id, task_id, state, repo_state, run_id }) => ({
      request_id,
      task_id,
      state,
      repo_state,
      isOfRun: String(runs[0]?.id) === run_id,
    })),
    locations: await rows(
      'SELECT type, target FROM catalog.locations WHERE target LIKE $1',
      `%/${component_id}/%`,
    ),
    repository: await readRepository(all, app).catch(String),
  };
  return JSON.parse(
    withoutNames(JSON.stringify(outcome), app)
      .replaceAll(task.id, '{task}')
      .replaceAll(earlier, '{task}')
      .replace(/\/actions\/runs\/\d+/g, '/actions/runs/{run}')
      .replace(/\/pull\/\d+/g, '/pull/{pull}'),
  );
};

/** The parts that differ from those of a clean run, in one line each. */
export const findDifferences = (outcome: Outcome, clean: Outcome): string[] =>
  [...new Set([...Object.keys(clean), ...Object.keys(outcome)])].flatMap(
    part => {
      const got = JSON.stringify(outcome[part]);
      const expected = JSON.stringify(clean[part]);
      if (got === expected) return [];
      const at = [...(got ?? '')].findIndex(
        (character, index) => character !== expected?.[index],
      );
      const around = (text = 'undefined') =>
        text.slice(Math.max(0, at - 40), at + 200);
      return [`${part}: ${around(got)} instead of ${around(expected)}`];
    },
  );
