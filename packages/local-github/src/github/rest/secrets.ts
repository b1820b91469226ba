import { GitHubError } from '../errors';
import { openSealed, getSealingKey } from '../sealedSecrets';
import { answerCreated, answerNoContent, answerOk, Operations } from './call';
import { checkName, setVariable } from './variables';

const PATH = '/repos/{owner}/{repo}/actions';
const SECRET = `${PATH}/secrets/{secret_name}`;

/** Secrets of a repository, whose values come in sealed and never go out; and settings that go with them. */
export const secretOperations: Operations = {
  [`GET ${PATH}/secrets/public-key`]: async call => {
    const key = await getSealingKey(call.context.file);
    return answerOk({ key_id: key.id, key: key.publicKey });
  },

  [`PUT ${SECRET}`]: async call => {
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
    const { secrets } = call.repo;
    const isNew = !Object.hasOwn(secrets, name);
    setVariable(secrets, name, value, call.context.now());
    return isNew ? answerCreated({}) : answerNoContent();
  },

  // Nothing here signs tokens or calls workflows of other repositories' runners: taken, and of no effect.
  [`PUT ${PATH}/oidc/customization/sub`]: () => answerCreated({}),
  [`PUT ${PATH}/permissions/access`]: () => answerNoContent(),
};
