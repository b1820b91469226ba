import type { DatabaseStatus } from '@goldenpath/plugin-golden-path-common';

type ConnectionFacts = Pick<DatabaseStatus, 'connection' | 'databaseName'>;

/** The ways to connect, in the order they are offered. */
export const CONNECT_WAYS = ['python', 'environment', 'psql'] as const;
export type ConnectWay = (typeof CONNECT_WAYS)[number];

/**
 * Code to copy for each way. None holds a password, and none prints one. User and password are always read from the secret
 * together: a rotation changes both.
 */
export const connectSnippets = ({
  connection,
}: ConnectionFacts): Record<ConnectWay, string> => ({
  python: pythonSnippet,
  environment: environmentSnippet(connection.kubernetesSecretName),
  psql: psqlSnippet(connection.secretName),
});

/** As database.py of the app's template does it. */
const pythonSnippet = `# Read the files for every new connection: a password rotation replaces them.
from pathlib import Path
import psycopg2

def connect():
    read = lambda name: Path("/etc/db-creds", name).read_text()
    return psycopg2.connect(
        host=read("DB_HOST"),
        port=read("DB_PORT"),
        dbname=read("DB_NAME"),
        user=read("DB_USER"),
        password=read("DB_PASS"),
        sslmode="verify-full",
        sslrootcert="/etc/ssl/certs/rds-global-bundle.pem",
    )
`;

const environmentSnippet = (
  kubernetesSecretName: string,
) => `# In your Deployment: files for DB_HOST, DB_PORT, DB_NAME, DB_USER and DB_PASS. They follow a rotation without a restart.
spec:
  template:
    spec:
      containers:
        - name: app
          volumeMounts:
            - { name: db-creds, mountPath: /etc/db-creds, readOnly: true }
          # For code that only reads variables. They change with the next restart only.
          envFrom:
            - secretRef: { name: ${kubernetesSecretName} }
      volumes:
        - name: db-creds
          secret: { secretName: ${kubernetesSecretName} }
`;

/** jq and psql get the password through a pipe and the environment: it is in no argument, no file and no output. */
const psqlSnippet = (
  secretName: string,
) => `# Needs the AWS CLI, jq and psql, and the right to read the secret. Prints no password.
(
  set +x
  secret=$(aws secretsmanager get-secret-value --secret-id '${secretName}' --query SecretString --output text) || exit
  value() { printf '%s' "$secret" | jq -r --arg key "$1" '.[$key]'; }
  export PGHOST="$(value host)" PGPORT="$(value port)" PGDATABASE="$(value dbname)" PGUSER="$(value username)" PGPASSWORD="$(value password)"
  export PGSSLMODE=verify-full PGSSLROOTCERT="\${PGSSLROOTCERT:-$HOME/rds-global-bundle.pem}"  # from https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem
  psql
)
`;
