import { Environment } from '@marcbachmann/cel-js';

/** A ValidatingAdmissionPolicy's spec, as far as it is evaluated here. */
export interface AdmissionPolicySpec {
  failurePolicy: string;
  variables: Array<{ name: string; expression: string }>;
  validations: Array<{
    expression: string;
    message?: string;
    messageExpression?: string;
  }>;
}

export interface Admission {
  request: { operation: 'CREATE' | 'UPDATE'; resource: { resource: string } };
  object: object;
  oldObject: object | null;
  namespaceObject: object;
  params: object;
}

const cel = new Environment({
  unlistedVariablesAreDyn: true,
  homogeneousAggregateLiterals: false,
});

/**
 * What the API server would answer: the messages of the validations that don't hold. An expression that can't be evaluated
 * refuses, as `failurePolicy: Fail` has it (Kubernetes, Validating Admission Policy).
 */
export const refusalsOf = (
  policy: AdmissionPolicySpec,
  admission: Admission,
): string[] => {
  if (policy.failurePolicy !== 'Fail')
    throw new Error('Only failurePolicy: Fail is evaluated here.');
  const variables: Record<string, unknown> = {};
  const evaluate = (expression: string) =>
    cel.evaluate(expression, { ...admission, variables });
  try {
    for (const { name, expression } of policy.variables)
      variables[name] = evaluate(expression);
    return policy.validations
      .filter(({ expression }) => evaluate(expression) !== true)
      .map(({ message, messageExpression }) =>
        messageExpression ? String(evaluate(messageExpression)) : message!,
      );
  } catch (error) {
    return [`failed expression: ${(error as Error).message}`];
  }
};
