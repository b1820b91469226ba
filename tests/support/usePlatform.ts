import { masterSecretName } from '@goldenpath/plugin-golden-path-common';
import { BackstageClient, signInAsGuest, TaskEvent } from './backstage';
import { GitHubClient, githubClient } from './github';
import {
  newPlace,
  Place,
  removePlace,
  RunningPlatform,
  startPlatform,
} from './platform';
import { readSecret } from './secrets';

export interface UsedPlatform {
  place: Place;
  platform: RunningPlatform;
  backstage: BackstageClient;
  /** The infra repo. */
  infra: GitHubClient;
  /** CA of the instances. */
  caFile: string;
}

/** A platform for the tests of one file, with a signed-in guest. Filled before the first test. */
export const usePlatform = (): UsedPlatform => {
  const used = {} as UsedPlatform;
  beforeAll(async () => {
    used.place = await newPlace();
    used.platform = await startPlatform(used.place);
    used.backstage = await signInAsGuest(used.platform.backstage);
    used.infra = githubClient(
      used.platform.githubApi,
      'acme/platform-infra',
      used.platform.githubToken,
    );
    const { value } = await used.infra.json<{ value: string }>(
      '/repos/acme/platform-infra/actions/variables/GOLDENPATH_CA_FILE',
    );
    used.caFile = value;
  });
  afterAll(async () => {
    await used.platform?.stop();
    if (used.place) removePlace(used.place);
  });
  return used;
};

/** The credentials of a secret, for a connection. */
export const readLogin = async (
  { platform, caFile }: Pick<UsedPlatform, 'platform' | 'caFile'>,
  name: string,
) => {
  const secret = await readSecret(platform.secretsManager, name);
  return {
    host: String(secret.host),
    port: Number(secret.port),
    user: String(secret.username),
    password: String(secret.password),
    database: String(secret.dbname ?? 'postgres'),
    caFile,
  };
};

export const readMasterLogin = (used: UsedPlatform, environment: string) =>
  readLogin(used, masterSecretName(environment));

/** Merges a pull request, and waits for the run that applies it. */
export const mergeAndApply = async (infra: GitHubClient, number: number) => {
  const before = Math.max(...(await infra.runs()).map(({ id }) => id));
  const merged = await infra.merge(number);
  if (merged.status !== 200)
    throw new Error(`#${number} was not merged: ${merged.status}`);
  const run = await infra.finishedRun('rds-database-apply.yml', before);
  return {
    conclusion: run.conclusion,
    log: run.conclusion === 'success' ? '' : await infra.runLog(run.id),
  };
};

/** What a task said. */
export const textOf = (events: TaskEvent[]) =>
  events.map(({ body }) => body.message).join('\n');
