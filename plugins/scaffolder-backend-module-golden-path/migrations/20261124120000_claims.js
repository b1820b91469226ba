/**
 * One row per request: two tasks can't request the same database or create the same repository, even on different replicas.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('goldenpath_claims', table => {
    table.comment('Which task works on which database request');
    table.string('request_id', 128).primary();
    table.string('repo', 512).notNullable().unique();
    table.string('task_id', 128).notNullable();
    table.string('state', 16).notNullable();
    table.string('repo_state', 16).notNullable();
    table.string('run_id', 32).nullable();
    table.dateTime('updated_at').notNullable().defaultTo(knex.fn.now());
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  await knex.schema.dropTable('goldenpath_claims');
};
