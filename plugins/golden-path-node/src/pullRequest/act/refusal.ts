/**
 * Why a request can't go into its base branch as both are now. A person has to mend it; another try alone won't.
 *
 * @public
 */
export interface Refusal {
  refused: Error;
}

/** What was decided, or why it can't be. Only for pure decisions: git and GitHub fail with errors of the same names. */
export const orRefusal = async <T extends object>(
  decide: () => T | Promise<T>,
): Promise<T | Refusal> => {
  try {
    return await decide();
  } catch (error) {
    const { name } = error as Error;
    if (name !== 'ConflictError' && name !== 'InputError') throw error;
    return { refused: error as Error };
  }
};
