import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';

/** What actions/checkout is given. */
export interface CheckoutCall {
  /** `with:` of the step, evaluated. */
  inputs: Record<string, string>;
  serverUrl: string;
  workspace: string;
  /** Of the run: repository, ref, sha and token apply where the step names none. */
  defaults: { repository: string; ref: string; sha: string; token: string };
  /** Runs git in a folder. @returns its exit code */
  git(cwd: string, args: string[]): Promise<number>;
}

/** The outputs of actions/checkout. */
export interface CheckedOut {
  ref: string;
  commit: string;
}

/**
 * actions/checkout: fetches with git over the local GitHub and leaves the token in the clone's configuration
 * (`http.<server>/.extraheader`) unless `persist-credentials` is false.
 * @throws Error where the inputs can't be followed, Error where git fails
 */
export const checkout = async (call: CheckoutCall): Promise<CheckedOut> => {
  const { inputs, defaults } = call;
  const repository = inputs.repository || defaults.repository;
  const ofThisRun = repository === defaults.repository && !inputs.ref;
  const folder = resolve(call.workspace, inputs.path || '.');
  if (folder !== call.workspace && !folder.startsWith(call.workspace + sep)) {
    throw new Error(
      `Repository path '${inputs.path}' is not under '${call.workspace}'`,
    );
  }
  const depth = Number(inputs['fetch-depth'] || 1);
  if (!Number.isInteger(depth) || depth < 0) {
    throw new Error(
      `fetch-depth must be a whole number, 0 for everything, not '${inputs['fetch-depth']}'`,
    );
  }
  const wanted = ofThisRun
    ? { ref: defaults.ref, sha: defaults.sha }
    : parseRef(inputs.ref ?? '');
  const git = async (...args: string[]) => {
    const exitCode = await call.git(folder, args);
    if (exitCode !== 0) {
      throw new Error(`git ${args[0]} failed with exit code ${exitCode}`);
    }
  };

  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await git('init', '--quiet', '--template=', '--initial-branch=main', '.');
  const config = join(folder, '.git', 'config');
  await appendFile(config, describeOrigin(`${call.serverUrl}/${repository}`));
  // Written by hand: an argument of git config would show the token in the process list.
  const credentials = `[http "${
    call.serverUrl
  }/"]\n\textraheader = AUTHORIZATION: basic ${encodeCredentials(
    inputs.token || defaults.token,
  )}\n`;
  await appendFile(config, credentials);
  const options = ['--no-recurse-submodules', '--prune'];
  if (inputs['fetch-tags'] !== 'true' && depth > 0) options.push('--no-tags');
  if (depth > 0) options.push(`--depth=${depth}`);
  else
    await git(
      'fetch',
      ...options,
      '--tags',
      'origin',
      '+refs/heads/*:refs/remotes/origin/*',
    );

  const checkedOut = await fetchAndSwitch(call, folder, wanted, options, git);
  if (inputs['persist-credentials'] === 'false')
    await writeFile(
      config,
      (await readFile(config, 'utf8')).replace(credentials, ''),
    );
  return checkedOut;
};

/** A clone lives for a job: nothing of it is tidied up, and what is fetched stays one pack instead of a file for each object. */
const describeOrigin = (url: string): string => `[remote "origin"]
\turl = ${JSON.stringify(url)}
\tfetch = +refs/heads/*:refs/remotes/origin/*
[gc]
\tauto = 0
[maintenance]
\tauto = false
[fetch]
\tunpackLimit = 1
`;

interface Wanted {
  /** Full ref, or a short name, or empty for the default branch. */
  ref: string;
  sha?: string;
}

const parseRef = (ref: string): Wanted => {
  if (/^-|[\s~^:?*[\\]|\.\./.test(ref))
    throw new Error(`'${ref}' is not a name that git accepts for a ref`);
  return /^[0-9a-f]{40}$/.test(ref) ? { ref: '', sha: ref } : { ref };
};

const fetchAndSwitch = async (
  call: CheckoutCall,
  folder: string,
  wanted: Wanted,
  options: string[],
  git: (...args: string[]) => Promise<void>,
): Promise<CheckedOut> => {
  const branch = await findBranch(call, folder, wanted);
  const source =
    wanted.sha ?? (branch ? `refs/heads/${branch}` : wanted.ref || 'HEAD');
  const target = branch
    ? `refs/remotes/origin/${branch}`
    : 'refs/remotes/origin/checked-out';
  await git('fetch', ...options, 'origin', `+${source}:${target}`);
  if (branch) {
    await git('checkout', '--quiet', '--force', '-B', branch, target);
    const commit =
      wanted.sha ??
      (
        await readFile(join(folder, '.git', 'refs', 'heads', branch), 'utf8')
      ).trim();
    return { ref: `refs/heads/${branch}`, commit };
  }
  await git('checkout', '--quiet', '--force', '--detach', target);
  return {
    ref: wanted.ref,
    commit: (await readFile(join(folder, '.git', 'HEAD'), 'utf8')).trim(),
  };
};

/** The branch to be on afterwards; undefined for a tag, a pull request or a bare commit. */
const findBranch = async (
  call: CheckoutCall,
  folder: string,
  { ref, sha }: Wanted,
): Promise<string | undefined> => {
  if (ref.startsWith('refs/heads/')) return ref.slice('refs/heads/'.length);
  if (ref === '' || ref.startsWith('refs/') || sha) return undefined;
  const exists = await call.git(folder, [
    'ls-remote',
    '--exit-code',
    '--quiet',
    'origin',
    `refs/heads/${ref}`,
  ]);
  return exists === 0 ? ref : undefined;
};

const encodeCredentials = (token: string): string => {
  return Buffer.from(`x-access-token:${token}`).toString('base64');
};
