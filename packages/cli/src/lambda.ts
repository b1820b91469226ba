import { loadNode } from './node';
import { createHandler, LambdaContext } from './rotation/createHandler';

let rotate: ReturnType<typeof createHandler> | undefined;

/** The rotation function for Secrets Manager, as Lambda calls it. Creates the adapters. */
export const handler = (event: unknown, context: LambdaContext) => {
  const node = loadNode();
  rotate ??= createHandler({
    env: process.env,
    now: () => new Date(),
    rotateStep: node.rotateStep,
    secrets: () =>
      node.createRotationSecrets(node.createSecretsManagerClient({})),
    connect: node.connectPostgres,
    write: line => process.stdout.write(`${line}\n`),
  });
  return rotate(event, context);
};
