import { createTemplateAction } from '@backstage/plugin-scaffolder-node';

export const ACTION_IDS = [
  'goldenpath:request:validate',
  'goldenpath:rds:dispatch',
  'goldenpath:app:validate',
  'goldenpath:app:render',
  'goldenpath:app:publish',
  'goldenpath:rds:await',
  'goldenpath:rds:provision',
  'goldenpath:rds:inspect',
  'goldenpath:rds:decommission',
];

/** The actions when goldenPath in app-config can't be used: each refuses with the reason, which names the key. */
export const createRefusingActions = (reason: Error) =>
  ACTION_IDS.map(id =>
    createTemplateAction({
      id,
      description: reason.message,
      supportsDryRun: true,
      handler: async () => {
        throw reason;
      },
    }),
  );
