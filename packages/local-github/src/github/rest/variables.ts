import { isVariableName } from '../decide/names';
import { GitHubError, createNotFound } from '../errors';
import { Variable } from '../state/model';
import { Answer, Call, answerCreated, answerOk, Operations } from './call';
import { environmentOf } from './environments';

const PATH = '/repos/{owner}/{repo}';
const OF_REPO = `${PATH}/actions/variables`;
const OF_ENVIRONMENT = `${PATH}/environments/{environment_name}/variables`;

type Variables = Record<string, Variable>;

/** Variables of a repository, and of its environments. */
export const variableOperations: Operations = {
  [`GET ${OF_REPO}`]: call => list(call, call.repo.variables),
  // No organisation here has any.
  [`GET ${PATH}/actions/organization-variables`]: call => list(call, {}),
  [`POST ${OF_REPO}`]: call => create(call, call.repo.variables),
  [`GET ${OF_REPO}/{name}`]: call => show(call, call.repo.variables),

  [`GET ${OF_ENVIRONMENT}`]: call => list(call, environmentOf(call).variables),
  [`POST ${OF_ENVIRONMENT}`]: call =>
    create(call, environmentOf(call).variables),
  [`GET ${OF_ENVIRONMENT}/{name}`]: call =>
    show(call, environmentOf(call).variables),
};

const toVariableJson = (name: string, variable: Variable) => ({
  name,
  value: variable.value,
  created_at: variable.createdAt,
  updated_at: variable.updatedAt,
});

const list = (call: Call, variables: Variables): Answer =>
  counted(call, 'variables', variables, toVariableJson);

/** One page of variables or secrets, by name, under `key`. */
export const counted = (
  call: Call,
  key: string,
  variables: Variables,
  present: (name: string, variable: Variable) => unknown,
): Answer => {
  const all = Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1));
  const page = call.answerPage(all, items =>
    items.map(([name, variable]) => present(name, variable)),
  );
  return { ...page, body: { total_count: all.length, [key]: page.body } };
};

const show = (call: Call, variables: Variables): Answer => {
  // Names of variables don't differ by case; GitHub keeps them in capitals.
  const name = call.params.name.toUpperCase();
  if (!Object.hasOwn(variables, name)) throw createNotFound();
  return answerOk(toVariableJson(name, variables[name]));
};

const create = (call: Call, variables: Variables): Answer => {
  const body = call.readBody<{ name: string; value: string }>();
  const name = checkName(body.name);
  if (Object.hasOwn(variables, name)) {
    throw new GitHubError(409, 'Already exists - Variable already exists');
  }
  setVariable(variables, name, body.value, call.context.now());
  return answerCreated({});
};

/** @returns the name in capitals @throws GitHubError 422 */
export const checkName = (name: string): string => {
  if (!isVariableName(name)) {
    throw new GitHubError(
      422,
      `The name "${name}" can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_). Spaces are not allowed. It must start with a letter ([a-z], [A-Z]) or underscores (_), and not with GITHUB_.`,
    );
  }
  return name.toUpperCase();
};

/** Sets a variable or a secret, whether it is there or not. */
export const setVariable = (
  variables: Variables,
  name: string,
  value: string,
  now: string,
): void => {
  const known = Object.hasOwn(variables, name) ? variables[name] : undefined;
  variables[name] = {
    value,
    createdAt: known?.createdAt ?? now,
    updatedAt: now,
  };
};
