/**
 * Why a request conflicts with its base branch. A person must fix it; a retry alone doesn't help.
 *
 * @public
 */
export interface Refusal {
  refused: Error;
}

/** Returns the decision, or its refusal. Only for pure decisions: git and GitHub errors have the same names. */
export const catchRefusal = async <T extends object>(
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
