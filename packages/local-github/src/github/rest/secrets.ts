import { GitHubError } from '../errors';
import { openSealed, getSealingKey } from '../sealedSecrets';
import { Variable } from '../state/model';
import {
  Answer,
  Call,
  answerCreated,
  answerNoContent,
  answerOk,
  Operations,
} from './call';
import { environmentOf } from './environments';
import { checkName, counted, setVariable } from './variables';

const PATH = '/repos/{owner}/{repo}/actions';
const OF_REPO = `${PATH}/secrets`;
const OF_ENVIRONMENT =
  '/repos/{owner}/{repo}/environments/{environment_name}/secrets';

type Secrets = Record<string, Variable>;

/** Secrets of a repository and its environments, whose values come in sealed and never go out; and settings that go with them. */
export const secretOperations: Operations = {
  [`GET ${OF_REPO}`]: call => list(call, call.repo.secrets),
  // No organisation here has any.
  [`GET ${PATH}/organization-secrets`]: call => list(call, {}),
  [`GET ${OF_REPO}/public-key`]: publicKey,
  [`PUT ${OF_REPO}/{secret_name}`]: call => put(call, call.repo.secrets),

  [`GET ${OF_ENVIRONMENT}`]: call => list(call, environmentOf(call).secrets),
  [`GET ${OF_ENVIRONMENT}/public-key`]: call => {
    environmentOf(call);
    return publicKey(call);
  },
  [`PUT ${OF_ENVIRONMENT}/{secret_name}`]: call =>
    put(call, environmentOf(call).secrets),

  // Nothing here signs tokens or calls workflows of other repositories' runners: taken, and of no effect.
  [`PUT ${PATH}/oidc/customization/sub`]: () => answerCreated({}),
  [`PUT ${PATH}/permissions/access`]: () => answerNoContent(),
};

async function publicKey({ context }: Call): Promise<Answer> {
  const key = await getSealingKey(context.file);
  return answerOk({ key_id: key.id, key: key.publicKey });
}

const list = (call: Call, secrets: Secrets): Answer =>
  counted(call, 'secrets', secrets, (name, { createdAt, updatedAt }) => ({
    name,
    created_at: createdAt,
    updated_at: updatedAt,
  }));

const put = async (call: Call, secrets: Secrets): Promise<Answer> => {
  const body = call.readBody<{ encrypted_value: string; key_id: string }>();
  const name = checkName(call.params.secret_name);
  const key = await getSealingKey(call.context.file);
  const value =
    key.id === body.key_id
      ? await openSealed(call.context.file, body.encrypted_value)
      : undefined;
  if (value === undefined) {
    throw new GitHubError(
      422,
      'The secret is not sealed with the public key of this repository; get that first.',
    );
  }
  const isNew = !Object.hasOwn(secrets, name);
  setVariable(secrets, name, value, call.context.now());
  return isNew ? answerCreated({}) : answerNoContent();
};
