const TABLE = 'goldenpath_claims';

/**
 * Keeps a row per task and request. Only a row in state `held` excludes other tasks, so that a finished or replaced
 * task is still known when someone presses Retry.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  const before = await knex(TABLE).select();
  await knex.schema.dropTable(TABLE);
  await knex.schema.createTable(TABLE, table => {
    table.comment('Which task works, or worked, on which database request');
    table.string('request_id', 128).notNullable();
    table.string('repo', 512).notNullable();
    table.string('task_id', 128).notNullable();
    table.string('state', 16).notNullable();
    table.string('repo_state', 16).notNullable();
    table.string('run_id', 32).nullable();
    table
      .string('started_by', 128)
      .nullable()
      .comment('The task that the homepage of the repository names');
    table
      .string('run_by', 128)
      .nullable()
      .comment('The task that run and pull request name');
    table.text('request').nullable().comment('The whole request, as JSON');
    table.text('pull_request_url').nullable();
    table.dateTime('created_at').notNullable().defaultTo(knex.fn.now());
    table.dateTime('updated_at').notNullable().defaultTo(knex.fn.now());
    table.primary(['request_id', 'task_id']);
  });
  for (const column of ['request_id', 'repo']) {
    await knex.raw(
      `CREATE UNIQUE INDEX ${TABLE}_held_${column} ON ${TABLE} (${column}) WHERE state = 'held'`,
    );
  }
  // Not later than a dispatch whose run is not recorded yet: runs are looked for since then.
  for (const { updated_at: createdAt, ...row } of before) {
    await knex(TABLE).insert({ ...row, created_at: toDate(createdAt) });
  }
};

/** SQLite's CURRENT_TIMESTAMP is text, in UTC. */
const toDate = value =>
  new Date(typeof value === 'string' ? `${value.replace(' ', 'T')}Z` : value);

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  const rows = await knex(TABLE).where({ state: 'held' }).select();
  await knex.schema.dropTable(TABLE);
  await require('./20261124120000_claims').up(knex);
  for (const row of rows) {
    const { request_id, repo, task_id, state, repo_state, run_id } = row;
    await knex(TABLE).insert({
      request_id,
      repo,
      task_id,
      state,
      repo_state,
      run_id,
    });
  }
};
