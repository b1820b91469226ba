import { GitHubError, notFound } from '../errors';
import { openSealed, sealingKey } from '../sealedSecrets';
import { Variable } from '../state/model';
import { Call, created, noContent, ok, Operations } from './call';
import { checkedName, setVariable } from './variables';

const PATH = '/repos/{owner}/{repo}/actions';
const SECRET = `${PATH}/secrets/{secret_name}`;

/** Secrets of a repository, whose values come in sealed and never go out; and settings that go with them. */
export const secretOperations: Operations = {
  [`GET ${PATH}/secrets`]: call => {
    const all = Object.entries(call.repo.secrets).sort();
    const page = call.paged(all, items =>
      items.map(([name, secret]) => secretJson(name, secret)),
    );
    return { ...page, body: { total_count: all.length, secrets: page.body } };
  },

  [`GET ${PATH}/secrets/public-key`]: async call => {
    const key = await sealingKey(call.context.file);
    return ok({ key_id: key.id, key: key.publicKey });
  },

  [`GET ${SECRET}`]: call => {
    const { name, secret } = find(call);
    return ok(secretJson(name, secret));
  },

  [`PUT ${SECRET}`]: async call => {
    const body = call.body<{ encrypted_value: string; key_id: string }>();
    const name = checkedName(call.params.secret_name);
    const key = await sealingKey(call.context.file);
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
    return isNew ? created({}) : noContent();
  },

  [`DELETE ${SECRET}`]: call => {
    delete call.repo.secrets[find(call).name];
    return noContent();
  },

  // Nothing here signs tokens or calls workflows of other repositories' runners: taken, and of no effect.
  [`PUT ${PATH}/oidc/customization/sub`]: () => created({}),
  [`PUT ${PATH}/permissions/access`]: () => noContent(),
};

const find = ({ repo, params }: Call) => {
  const name = params.secret_name.toUpperCase();
  if (!Object.hasOwn(repo.secrets, name)) throw notFound();
  return { name, secret: repo.secrets[name] };
};

const secretJson = (name: string, secret: Variable) => ({
  name,
  created_at: secret.createdAt,
  updated_at: secret.updatedAt,
});
