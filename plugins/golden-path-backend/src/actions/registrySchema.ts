import { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { z } from 'zod';

type ObjectSchema = ReturnType<
  Parameters<ActionsRegistryService['register']>[0]['schema']['input']
>;
export interface RegistrySchema<Output extends object> extends ObjectSchema {
  readonly _output: Output;
}

/**
 * A schema of the contract as the actions registry takes it. Both are Zod 3, but may be two copies of it, whose private
 * fields TypeScript tells apart.
 */
export const registrySchema =
  <Schema extends z.AnyZodObject>(schema: Schema) =>
  () =>
    schema as unknown as RegistrySchema<z.output<Schema>>;
