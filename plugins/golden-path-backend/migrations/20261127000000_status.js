/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
  await knex.schema.createTable('goldenpath_databases', table => {
    table.comment('Each database and request, with what was seen of it');
    table.string('request_id', 128).primary();
    table.string('environment', 32).notNullable();
    table.string('database_name', 128).notNullable();
    table.string('owner_ref', 256).notNullable();
    table.string('component', 128).notNullable();
    table.string('step', 32).notNullable();
    table.string('problem', 32).nullable();
    table.text('search').notNullable().comment('Names in lower case');
    table.text('summary').notNullable().comment('DatabaseSummary, as JSON');
    table.text('status').notNullable().comment('DatabaseStatus, as JSON');
    table.text('evidence').notNullable().comment('What was read, as JSON');
    table.bigInteger('version').notNullable().comment('Rises by one a change');
    table.bigInteger('updated_at').notNullable().comment('In ms since 1970');
    table.index(['environment']);
    table.index(['owner_ref']);
    table.index(['component']);
  });
  await knex.schema.createTable('goldenpath_looks', table => {
    table.comment('When GitHub was last asked about a request');
    table.string('request_id', 128).primary();
    table.bigInteger('looked_at').notNullable().comment('In ms since 1970');
  });
  await knex.schema.createTable('goldenpath_transitions', table => {
    table.comment('What happened to databases, for notifications');
    table.bigIncrements('id');
    table
      .string('key', 64)
      .notNullable()
      .unique()
      .comment('Hash of request, kind and evidence');
    table.string('request_id', 128).notNullable();
    table.string('kind', 32).notNullable();
    table.text('transition').notNullable().comment('As JSON');
    table.bigInteger('created_at').notNullable().comment('In ms since 1970');
    table.string('taken_by', 64).nullable();
    table
      .bigInteger('claimed_until')
      .notNullable()
      .defaultTo(0)
      .comment('Until then another replica leaves it alone');
    table
      .integer('attempts')
      .notNullable()
      .defaultTo(0)
      .comment('How often sending it has failed');
    table.bigInteger('sent_at').nullable();
    table.index(['sent_at', 'claimed_until']);
    table.index(['request_id']);
  });
  await knex.schema.createTable('goldenpath_sources', table => {
    table.comment('When each source was last read, and why it could not be');
    table.string('name', 64).primary();
    table.bigInteger('read_at').nullable().comment('In ms since 1970');
    table.text('problem').nullable();
    table
      .bigInteger('not_before')
      .notNullable()
      .defaultTo(0)
      .comment('A rate limit lasts until then');
  });
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
  for (const table of ['sources', 'transitions', 'looks', 'databases'])
    await knex.schema.dropTable(`goldenpath_${table}`);
};
