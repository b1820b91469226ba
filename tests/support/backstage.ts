import { until } from './platform';

/** The scaffolder's API as a signed-in guest uses it. */
export interface BackstageClient {
  /** Submits the form. A refused form answers 400 with `errors`. */
  createTask(
    values: Record<string, unknown>,
    templateRef?: string,
    secrets?: Record<string, string>,
  ): Promise<{ status: number; id: string; body: Record<string, unknown> }>;
  task(id: string): Promise<ScaffolderTask>;
  /** Follows a task to its end. */
  finished(id: string): Promise<ScaffolderTask & { events: TaskEvent[] }>;
  /** Of the signed-in guest. */
  token: string;
  get(path: string): Promise<Response>;
  post(path: string, body: object): Promise<Response>;
}

export interface TaskEvent {
  type: string;
  body: {
    message: string;
    stepId?: string;
    status?: string;
    output?: TaskOutput;
    error?: { message: string };
  };
}
export interface TaskOutput {
  links?: Array<{ title: string; url?: string; entityRef?: string }>;
  text?: Array<{ title: string; content: string }>;
}
export interface ScaffolderTask {
  id: string;
  status: string;
}

export const TEMPLATE = 'template:default/backend-app-rds';

export const signInAsGuest = async (url: string): Promise<BackstageClient> => {
  const identity = await until(async () => {
    const answer = await fetch(`${url}/api/auth/guest/refresh`, {
      headers: { 'x-requested-with': 'XMLHttpRequest' },
    });
    return answer.ok
      ? ((await answer.json()) as { backstageIdentity: { token: string } })
      : undefined;
  }, 'the guest sign-in');
  const { token } = identity.backstageIdentity;
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
  };
  const get = (path: string) => fetch(`${url}${path}`, { headers });
  const post = (path: string, body: object) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
  const json = async (path: string) => (await get(path)).json();
  // The catalog reads its locations shortly after the start.
  await until(
    async () =>
      (
        await get(
          `/api/catalog/entities/by-name/template/default/backend-app-rds`,
        )
      ).ok,
    'the template in the catalog',
  );
  await until(
    async () =>
      (
        await get(`/api/catalog/entities/by-name/group/default/checkout-team`)
      ).ok,
    'the teams in the catalog',
  );

  const task = (id: string) =>
    json(`/api/scaffolder/v2/tasks/${id}`) as Promise<ScaffolderTask>;
  return {
    token,
    get,
    post,
    task,
    createTask: async (values, templateRef = TEMPLATE, secrets = {}) => {
      const answer = await post('/api/scaffolder/v2/tasks', {
        templateRef,
        values,
        secrets,
      });
      const body = (await answer.json()) as Record<string, unknown>;
      return { status: answer.status, id: String(body.id ?? ''), body };
    },
    finished: async id => {
      const end = await until(async () => {
        const now = await task(id);
        return ['completed', 'failed', 'cancelled', 'skipped'].includes(
          now.status,
        )
          ? now
          : undefined;
      }, `task ${id} to end`);
      const events = (await json(
        `/api/scaffolder/v2/tasks/${id}/events`,
      )) as TaskEvent[];
      return { ...end, events };
    },
  };
};
