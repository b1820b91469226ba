// Fetches a change into the repository `change`: the test merge of pull request NUMBER, whose tip is HEAD_SHA; or, in a merge queue,
// the merge HEAD_SHA of QUEUE_REF, which goes on top of BASE_SHA. Only objects are fetched and nothing is checked out, so no file,
// filter, hook or submodule of the change takes effect here.
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { call } from './github.mjs';

const { NUMBER, HEAD_SHA, TOKEN } = process.env;
const { QUEUE_REF, BASE_SHA } = process.env;
const { GITHUB_OUTPUT, GITHUB_REPOSITORY, GITHUB_SERVER_URL } = process.env;
/** GitHub merges in the background, usually within seconds. */
const ATTEMPTS = 20;
const PAUSE_MS = 3000;

const git = (...args) =>
  execFileSync('git', args, {
    cwd: 'change',
    encoding: 'utf8',
    env: {
      ...process.env,
      GIT_TERMINAL_PROMPT: '0',
      // Other processes can read arguments, so the token is in the environment.
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `http.${GITHUB_SERVER_URL}/.extraheader`,
      GIT_CONFIG_VALUE_0: `AUTHORIZATION: basic ${Buffer.from(
        `x-access-token:${TOKEN}`,
      ).toString('base64')}`,
    },
  }).trim();

const fetchRef = (ref, ...options) =>
  git(
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-recurse-submodules',
    ...options,
    `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}`,
    ref,
  );

/** The test merge, with the commit that it merges into; undefined while GitHub's is of an older tip. */
const fetchMerge = () => {
  fetchRef(`refs/pull/${NUMBER}/merge`, '--depth=2');
  const [head, base, tip, ...others] = git(
    'rev-list',
    '--parents',
    '--max-count=1',
    'FETCH_HEAD',
  ).split(' ');
  return tip === HEAD_SHA && others.length === 0 ? { head, base } : undefined;
};

/** @returns the reason to stop, or the merge; undefined to try again */
const tryOnce = async () => {
  const pull = await call(`pulls/${NUMBER}`);
  if (pull.head.sha !== HEAD_SHA)
    return {
      reason: `The pull request has a newer commit, ${pull.head.sha}. The run for that commit checks it.`,
    };
  // GitHub computes no merge for it any more.
  if (pull.state === 'closed')
    return {
      reason: 'The pull request is closed, so there is no merge to check.',
    };
  if (pull.mergeable === false)
    return {
      reason: `The pull request conflicts with ${pull.base.ref}, so there is no merge to check. Merge ${pull.base.ref} into its branch, or rebase it, and resolve the conflicts.`,
    };
  return pull.mergeable === true ? fetchMerge() : undefined;
};

/** GitHub names the pull request in the branch of the queue only: `gh-readonly-queue/<base>/pr-<number>-<base sha>`. */
const QUEUED = /\/pr-([1-9][0-9]*)-[0-9a-f]{40,64}$/;

/** @returns the reason to stop, or the merge of the queue */
const fetchQueued = () => {
  const [, number] = QUEUED.exec(QUEUE_REF) ?? [];
  if (!number)
    return {
      reason: `${QUEUE_REF} names no pull request, so its labels can't be read.`,
    };
  // A rebased pull request has several commits, so the whole history.
  fetchRef(QUEUE_REF);
  const head = git('rev-parse', 'FETCH_HEAD');
  return head === HEAD_SHA
    ? { head, base: BASE_SHA, number }
    : {
        reason: `${QUEUE_REF} has moved to ${head}. The run for that commit checks it.`,
      };
};

const fetchPullRequest = async () => {
  let found;
  for (let attempt = 1; !found && attempt <= ATTEMPTS; attempt++) {
    if (attempt > 1) await wait(PAUSE_MS);
    found = await tryOnce();
  }
  return found;
};

const fetchChange = async () => {
  mkdirSync('change');
  git('init', '--quiet', '.');
  return QUEUE_REF ? fetchQueued() : fetchPullRequest();
};

const oneLine = text => text.trim().replace(/[\r\n]+/g, ' ');

const found = await fetchChange().catch(error => ({
  reason: `${oneLine(error.message)}. Run this job again.`,
}));
if (found?.head) {
  const { head, base, number = NUMBER } = found;
  appendFileSync(
    GITHUB_OUTPUT,
    `head=${head}\nbase=${base}\nnumber=${number}\n`,
  );
  console.log(`Fetched ${head}, the merge of ${QUEUE_REF ?? HEAD_SHA}.`);
} else {
  console.log(
    `::error::${
      found?.reason ??
      `GitHub has not merged ${HEAD_SHA} for the check yet. Run this job again.`
    }`,
  );
  process.exitCode = 1;
}
