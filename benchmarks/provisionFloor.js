/**
 * The floor that `provision` is measured against: the same SQL over the same driver in as few messages, with no checks, no
 * plan, no audit and no second look.
 *
 *   node provisionFloor.js <work.json>
 *
 * `work.json`: {host, port, ca, master: {username, password}, concurrency, make, login, isGivenVerifiers,
 *   databases: [{name, username, password, verifier, mark}]}. `make` sends what creates each database, `login` logs in as
 * each role. It computes the verifiers (PBKDF2 with 4096 iterations, 0.7 ms each): a tool without them would leave that to the
 * server, and the password to its log. `isGivenVerifiers` measures what is left without that.
 */
const { createHash, createHmac, pbkdf2, randomBytes } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { promisify } = require('node:util');
const { Client } = require('pg');

const {
  host,
  port,
  ca,
  master,
  concurrency,
  make,
  login,
  isGivenVerifiers,
  databases,
} = JSON.parse(readFileSync(process.argv[2], 'utf8'));

const connect = async (user, password, database) => {
  const client = new Client({
    host,
    port,
    user,
    password,
    database,
    ssl: { ca },
  });
  await client.connect();
  return client;
};

/** Works the databases off, so many at a time; `start` makes what one worker uses from its first to its last. */
const each = (start, work, end) => {
  const queue = [...databases];
  return Promise.all(
    Array.from({ length: Math.min(concurrency, queue.length) }, async () => {
      const worker = await start();
      for (let next = queue.shift(); next; next = queue.shift())
        await work(worker, next);
      await end(worker);
    }),
  );
};

const computeVerifier = async password => {
  const salt = randomBytes(16);
  const key = await promisify(pbkdf2)(password, salt, 4096, 32, 'sha256');
  const hmac = text => createHmac('sha256', key).update(text).digest();
  const stored = createHash('sha256').update(hmac('Client Key')).digest();
  return `SCRAM-SHA-256$4096:${salt.toString('base64')}$${stored.toString(
    'base64',
  )}:${hmac('Server Key').toString('base64')}`;
};

const makeOne = async (client, { name, username, mark, ...secret }) => {
  const verifier = isGivenVerifiers
    ? secret.verifier
    : await computeVerifier(secret.password);
  for (const sql of [
    `BEGIN; CREATE ROLE "${username}" LOGIN NOCREATEDB NOCREATEROLE CONNECTION LIMIT -1 PASSWORD '${verifier}'; COMMENT ON ROLE "${username}" IS '${mark}'; GRANT "${username}" TO CURRENT_USER WITH INHERIT TRUE, SET TRUE; COMMIT`,
    `CREATE DATABASE "${name}" OWNER "${username}" TEMPLATE template0 ENCODING 'UTF8'`,
    `BEGIN; REVOKE CONNECT, TEMPORARY ON DATABASE "${name}" FROM PUBLIC; GRANT ALL PRIVILEGES ON DATABASE "${name}" TO "${username}"; COMMIT`,
  ])
    await client.query(sql);
};

const main = async () => {
  if (make) {
    await each(
      () => connect(master.username, master.password, 'postgres'),
      makeOne,
      client => client.end(),
    );
  }
  if (login) {
    await each(
      () => undefined,
      async (_, { name, username, password }) =>
        (await connect(username, password, name)).end(),
      () => undefined,
    );
  }
};

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
