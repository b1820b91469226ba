import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  ActionsDeps,
  ActionsService,
  createActions,
  RunRecord,
} from '@goldenpath/local-github';
import {
  branchName,
  renderPullRequestMarker,
  runName,
} from '@goldenpath/plugin-golden-path-common';
import createLimit from 'p-limit';
import { githubClient } from '../github';

/** The runs are not Backstage's: their calls count for another token. */
const TOKEN = 'runs-token';

/**
 * Workflow runs that only take time and end with a pull request. A hundred real ones would take all processors for
 * minutes, and a test would measure those instead of Backstage.
 */
export const createStandInRuns = (
  deps: ActionsDeps,
  options: {
    workRoot: string;
    infraRepo: { owner: string; name: string };
    /** Resolves when the run may end. */
    wait(): Promise<void>;
    onFailure(error: Error): void;
  },
): ActionsService => {
  const real = createActions({
    ...deps,
    workRoot: options.workRoot,
    runnerEnv: {},
  });
  const { owner, name } = options.infraRepo;
  const path = `/repos/${owner}/${name}`;
  const github = githubClient(deps.apiUrl, `${owner}/${name}`, TOKEN);
  // All end at the same moment. Were they all sent then, the last one's answer could take longer than fetch waits.
  const limit = createLimit(4);
  const send = async (method: string, to: string, body: object) => {
    const answer = await limit(() => github.call(method, `${path}${to}`, body));
    if (!answer.ok)
      throw new Error(
        `${method} ${to}: ${answer.status} ${await answer.text()}`,
      );
  };

  const end = async (run: RunRecord) => {
    await options.wait();
    const { environment, database_name, task_id } = run.inputs!;
    const key = { environment, databaseName: database_name };
    const branch = branchName(key);
    await commit(deps.gitDir(options.infraRepo), branch, database_name);
    await send('POST', '/pulls', {
      title: `Request ${database_name}`,
      head: branch,
      base: 'main',
      body: renderPullRequestMarker(key, task_id),
    });
    await deps.store.save({
      ...run,
      status: 'completed',
      conclusion: 'success',
    });
  };

  return {
    validateDispatch: (...args) => real.validateDispatch(...args),
    listWorkflows: repo => real.listWorkflows(repo),
    reviewDeployments: (...args) => real.reviewDeployments(...args),
    idle: () => real.idle(),
    stop: () => real.stop(),
    trigger: async event => {
      if (event.name !== 'workflow_dispatch') return [];
      const { environment, database_name, task_id } = event.inputs!;
      const now = new Date().toISOString();
      const id = deps.store.takeRunId();
      const run: RunRecord = {
        id,
        runNumber: id,
        repo: event.repo,
        workflowPath: event.workflowPath!,
        workflowName: 'Create RDS database',
        displayTitle: runName(
          { environment, databaseName: database_name },
          task_id,
        ),
        event: event.name,
        headBranch: 'main',
        headSha: event.sha,
        actor: event.actor,
        status: 'in_progress',
        createdAt: now,
        updatedAt: now,
        jobs: [],
        inputs: event.inputs,
      };
      await deps.store.save(run);
      void end(run).catch(options.onFailure);
      return [run];
    },
  };
};

/** One process; the API would start a dozen. */
const commit = async (gitDir: string, branch: string, text: string) => {
  const git = spawn('git', ['-C', gitDir, 'fast-import', '--quiet'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  git.stdin.end(`commit refs/heads/${branch}
committer Runs <runs@example.org> 1764000000 +0000
data ${text.length}
${text}
from refs/heads/main^0
M 100644 inline requests/${text}
data ${text.length}
${text}
`);
  const [code] = await once(git, 'exit');
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
};
