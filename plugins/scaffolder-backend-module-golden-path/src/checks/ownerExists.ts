import { Problem } from '@goldenpath/plugin-golden-path-common';

/** Checks that the owner is a Group in the catalog. */
export const checkOwner = async (
  owner: string,
  ports: { groupExists(ref: string): Promise<boolean> },
): Promise<Problem[]> =>
  (await ports.groupExists(`group:default/${owner}`))
    ? []
    : [
        {
          field: 'owner',
          message: `Owner: the catalog has no group:default/${owner}, or you may not see it; choose an existing team.`,
        },
      ];
