import {
  CreateSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';

const REGION = 'eu-central-1';

/** A client of a Secrets Manager here. */
export const createSecretsClient = (endpoint: string, accessKeyId = 'x') =>
  new SecretsManagerClient({
    endpoint,
    region: REGION,
    credentials: { accessKeyId, secretAccessKey: 'x' },
  });

/** The variables with which a program reaches a Secrets Manager here. */
export const awsVariables = (url: string) => ({
  AWS_REGION: REGION,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
  AWS_ACCESS_KEY_ID: 'x',
  AWS_SECRET_ACCESS_KEY: 'x',
});

export const createSecret = (
  client: SecretsManagerClient,
  name: string,
  value: object,
) =>
  client.send(
    new CreateSecretCommand({
      Name: name,
      SecretString: JSON.stringify(value),
    }),
  );

/** A Secrets Manager that answers one access key only. */
export interface SecretsAddress {
  url: string;
  accessKeyId: string;
}

export const readSecret = async (
  { url, accessKeyId }: SecretsAddress,
  name: string,
): Promise<Record<string, string | number>> =>
  JSON.parse(
    (
      await createSecretsClient(url, accessKeyId).send(
        new GetSecretValueCommand({ SecretId: name }),
      )
    ).SecretString!,
  );

export const secretNames = async ({
  url,
  accessKeyId,
}: SecretsAddress): Promise<string[]> =>
  (
    (
      await createSecretsClient(url, accessKeyId).send(
        new ListSecretsCommand({ MaxResults: 100 }),
      )
    ).SecretList ?? []
  ).map(secret => secret.Name!);

interface ExternalSecret {
  spec: {
    target?: { name?: string; template?: { data?: Record<string, string> } };
    data?: Array<{
      secretKey: string;
      remoteRef: { key: string; property?: string };
    }>;
    dataFrom?: Array<{ extract?: { key: string } }>;
  };
}

/**
 * The Kubernetes Secret that External Secrets Operator would create from a manifest: `data` entries, then `dataFrom.extract`
 * whole, then the template's plain `{{ .key }}` references over both.
 */
export const operatorSecret = async (
  manifest: ExternalSecret,
  address: SecretsAddress,
): Promise<{ name?: string; data: Record<string, string> }> => {
  const fetched: Record<string, string> = {};
  for (const { extract } of manifest.spec.dataFrom ?? [])
    if (extract)
      for (const [key, value] of Object.entries(
        await readSecret(address, extract.key),
      ))
        fetched[key] = String(value);
  for (const { secretKey, remoteRef } of manifest.spec.data ?? []) {
    const secret = await readSecret(address, remoteRef.key);
    fetched[secretKey] = remoteRef.property
      ? String(secret[remoteRef.property])
      : JSON.stringify(secret);
  }
  const template = manifest.spec.target?.template?.data;
  if (!template) return { name: manifest.spec.target?.name, data: fetched };
  const data = Object.fromEntries(
    Object.entries(template).map(([key, text]) => [
      key,
      text.replace(
        /\{\{-?\s*\.(\w+)\s*(?:\|\s*toString\s*)?-?\}\}/g,
        (_, name: string) => {
          if (!(name in fetched))
            throw new Error(
              `The template of the ExternalSecret wants "${name}", which the secret hasn't.`,
            );
          return fetched[name];
        },
      ),
    ]),
  );
  return { name: manifest.spec.target?.name, data };
};
