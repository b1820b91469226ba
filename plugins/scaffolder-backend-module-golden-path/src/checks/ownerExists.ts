import { Problem } from '@goldenpath/plugin-golden-path-common';

/** The owner is a Group that the catalog knows. */
export const ownerExists = async (
  owner: string,
  ports: { groupExists(ref: string): Promise<boolean> },
): Promise<Problem[]> =>
  (await ports.groupExists(`group:default/${owner}`))
    ? []
    : [
        {
          field: 'owner',
          message: `Owner: the catalog has no group:default/${owner}, or you may not see it; choose a team that it has.`,
        },
      ];
