import {
  AuditorServiceCreateEventOptions,
  BackstageCredentials,
} from '@backstage/backend-plugin-api';
import {
  ActionsRegistryActionOptions,
  ActionsRegistryService,
} from '@backstage/backend-plugin-api/alpha';
import { z } from 'zod';
import { Audited } from '../routes/audited';
import { quietLogger } from './quietLogger';

type AnyAction = ActionsRegistryActionOptions<any, any>;

/** An actions registry that runs what was registered as Backstage's does: input and output are checked. */
export const collectActions = () => {
  const actions = new Map<string, AnyAction>();
  const events: AuditorServiceCreateEventOptions[] = [];
  const audited: Audited = async (event, answer) => {
    events.push(event);
    return answer();
  };
  const registry: ActionsRegistryService = {
    register: action =>
      void actions.set(action.name, action as unknown as AnyAction),
  };
  return {
    registry,
    audited,
    /** What was audited. */
    events,
    names: () => [...actions.keys()],
    get: (name: string) => actions.get(name)!,
    invoke: async (
      name: string,
      input: object,
      credentials: BackstageCredentials = userCredentials,
    ) => {
      const { schema, action } = actions.get(name)!;
      const given: never = z as never;
      const result = await action({
        input: schema.input(given).parse(input),
        secrets: undefined,
        credentials,
        logger: quietLogger,
      });
      return schema.output(given).parse(result?.output);
    },
  };
};

const credentialsOf = (principal: object) =>
  ({
    $$type: '@backstage/BackstageCredentials',
    principal,
  } as BackstageCredentials);

export const userCredentials = credentialsOf({
  type: 'user',
  userEntityRef: 'user:default/jane',
});
export const serviceCredentials = credentialsOf({
  type: 'service',
  subject: 'external:reporting',
});

/** Tells users from services as Backstage's auth service does. */
export const isPrincipal = ((credentials: BackstageCredentials, type: string) =>
  (credentials.principal as { type: string }).type === type) as never;
