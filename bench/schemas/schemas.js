const COLUMNS = `claims INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0, value TEXT NOT NULL,
  created_at INTEGER NOT NULL, key TEXT`;

/** The same job in two shapes. Parameters are named; each statement takes those that it needs. */
export const SCHEMAS = {
  rowid: {
    tables: `
      CREATE TABLE job (id INTEGER PRIMARY KEY, queue TEXT NOT NULL, priority INTEGER NOT NULL, visible_at INTEGER NOT NULL, ${COLUMNS});
      CREATE INDEX job_due ON job (queue, priority, visible_at);
      CREATE UNIQUE INDEX job_key ON job (queue, key) WHERE key IS NOT NULL;`,
    statements: {
      insert: `INSERT INTO job (queue, priority, visible_at, value, created_at) VALUES ('default', @priority, @at, @value, @now)`,
      after: `SELECT priority FROM job WHERE queue = 'default' AND priority > @priority ORDER BY priority, visible_at LIMIT 1`,
      due: `SELECT id, claims, failures, value FROM job WHERE queue = 'default' AND priority = @priority AND visible_at <= @now
        ORDER BY visible_at, id LIMIT @limit`,
      claim: 'UPDATE job SET visible_at = @until, claims = claims + 1 WHERE id = @id',
      ack: 'DELETE FROM job WHERE id = @id AND claims = @claims + 1',
    },
  },
  clustered: {
    tables: `
      CREATE TABLE job (id INTEGER NOT NULL, queue TEXT NOT NULL, priority INTEGER NOT NULL, visible_at INTEGER NOT NULL, ${COLUMNS},
        PRIMARY KEY (queue, priority, visible_at, id)) WITHOUT ROWID;
      CREATE UNIQUE INDEX job_key ON job (queue, key) WHERE key IS NOT NULL;`,
    statements: {
      insert: `INSERT INTO job (id, queue, priority, visible_at, value, created_at)
        VALUES (@id, 'default', @priority, @at, @value, @now)`,
      after: `SELECT priority FROM job WHERE queue = 'default' AND priority > @priority ORDER BY priority, visible_at LIMIT 1`,
      due: `SELECT id, priority, visible_at AS at, claims, failures, value FROM job
        WHERE queue = 'default' AND priority = @priority AND visible_at <= @now ORDER BY visible_at, id LIMIT @limit`,
      // A lease moves the whole row: it is kept in the order of these columns.
      claim: `UPDATE job SET visible_at = @until, claims = claims + 1
        WHERE queue = 'default' AND priority = @priority AND visible_at = @at AND id = @id`,
      ack: `DELETE FROM job
        WHERE queue = 'default' AND priority = @priority AND visible_at = @at AND id = @id AND claims = @claims + 1`,
    },
  },
};
