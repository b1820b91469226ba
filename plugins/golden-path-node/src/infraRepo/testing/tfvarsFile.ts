export const PATH = 'envs/dev-rds/terraform.tfvars';
export const asked = { databaseName: 'orders_db', username: 'orders_user' };
export const lines = (...all: string[]) => `${all.join('\n')}\n`;
export const errorOf = async (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: Error) => ({ name: error.name, message: error.message }),
  );
