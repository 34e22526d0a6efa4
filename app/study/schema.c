/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/study/schema.h"

#include "app/study/statement.h"

/*
 * Recipes, networks, hyperparameters, cohorts and splits are rows that never
 * change, named by the SHA-256 of their content. The head row names the current
 * ones. Runs, epochs, updates and events are only ever added; of a run's
 * snapshots there is one of each kind.
 */
static const char first[] =
    "CREATE TABLE version ("
    "  hash TEXT PRIMARY KEY,"
    "  kind TEXT NOT NULL," /* recipe | fitted-recipe | network | hyperparameters */
    "  text TEXT NOT NULL"
    ") WITHOUT ROWID;"
    "CREATE TABLE cohort ("
    "  hash TEXT PRIMARY KEY,"
    "  title TEXT NOT NULL,"
    "  source TEXT NOT NULL,"
    "  bytes BLOB NOT NULL"
    ");"
    "CREATE TABLE split (" /* a byte a patient of the cohort: 0, 1, 2 = training, validation, test; 255 = none */
    "  hash TEXT PRIMARY KEY,"
    "  parts BLOB NOT NULL"
    ");"
    "CREATE TABLE head ("
    "  id INTEGER PRIMARY KEY CHECK (id = 1),"
    "  cohort TEXT REFERENCES cohort (hash),"
    "  recipe TEXT REFERENCES version (hash),"
    "  network TEXT REFERENCES version (hash),"
    "  hyperparameters TEXT REFERENCES version (hash)"
    ");"
    "INSERT INTO head (id) VALUES (1);"
    "CREATE TABLE run ("
    "  id INTEGER PRIMARY KEY,"
    "  race INTEGER NOT NULL DEFAULT 0," /* runs of one race share a number > 0 */
    "  cohort TEXT NOT NULL REFERENCES cohort (hash),"
    "  split TEXT NOT NULL REFERENCES split (hash),"
    "  recipe TEXT NOT NULL REFERENCES version (hash)," /* as fitted */
    "  network TEXT NOT NULL REFERENCES version (hash),"
    "  hyperparameters TEXT NOT NULL REFERENCES version (hash),"
    "  began INTEGER NOT NULL,"       /* microseconds since 1970 */
    "  process TEXT NOT NULL,"        /* who trains it */
    "  machine TEXT NOT NULL,"        /* what its bits depend on beside the study */
    "  deleted INTEGER NOT NULL DEFAULT 0"
    ");"
    "CREATE TABLE event (" /* commands and how it ended */
    "  id INTEGER PRIMARY KEY,"
    "  run INTEGER NOT NULL REFERENCES run (id),"
    "  time INTEGER NOT NULL,"
    "  updates INTEGER NOT NULL," /* made when it acted */
    "  kind TEXT NOT NULL," /* paused | resumed | changed | finished | stopped | failed */
    "  detail TEXT"
    ");"
    "CREATE INDEX event_run ON event (run);"
    "CREATE TABLE epoch ("
    "  run INTEGER NOT NULL REFERENCES run (id),"
    "  epoch INTEGER NOT NULL,"
    "  updates INTEGER NOT NULL," /* made so far */
    "  seconds REAL NOT NULL,"
    "  training_loss REAL,"
    "  best INTEGER NOT NULL,"
    "  rows INTEGER NOT NULL," /* of the validation part, as all that follows */
    "  positive INTEGER NOT NULL,"
    "  loss REAL, accuracy REAL, auroc REAL, average_precision REAL, f1 REAL, mse REAL, mae REAL,"
    "  layer_norms BLOB,"             /* double [layers] */
    "  gradient_by_step BLOB,"        /* float [layers][steps]; a layer that isn't recurrent is NaN */
    "  gradient_before_end BLOB,"
    "  PRIMARY KEY (run, epoch)"
    ") WITHOUT ROWID;"
    "CREATE TABLE updates ("
    "  run INTEGER NOT NULL REFERENCES run (id),"
    "  epoch INTEGER NOT NULL,"
    "  first INTEGER NOT NULL,"       /* number of the first update */
    "  figures BLOB NOT NULL,"        /* double [updates][loss, gradient norm] */
    "  PRIMARY KEY (run, epoch)"
    ") WITHOUT ROWID;"
    "CREATE TABLE snapshot ("
    "  run INTEGER NOT NULL REFERENCES run (id),"
    "  kind TEXT NOT NULL,"           /* initial | best | last */
    "  epoch INTEGER NOT NULL,"       /* whole epochs done */
    "  updates INTEGER NOT NULL,"
    "  parameters BLOB NOT NULL,"     /* float, the network's canonical vector */
    "  state BLOB,"                   /* last only: the trainer's whole state */
    "  PRIMARY KEY (run, kind)"
    ");";


/*
 * Version 2: runs have names, notes, tags, stars, parents and what they were computed with; snapshots
 * are kept by epoch; the head moves along a tree of edits.
 */
static const char second[] =
    "ALTER TABLE run ADD COLUMN name TEXT;" /* NULL: by its number and optimiser */
    "ALTER TABLE run ADD COLUMN note TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE run ADD COLUMN starred INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE run ADD COLUMN parent INTEGER REFERENCES run (id);" /* forked from it, */
    "ALTER TABLE run ADD COLUMN parent_epoch INTEGER;"               /* at this epoch */
    "ALTER TABLE run ADD COLUMN instructions TEXT NOT NULL DEFAULT '';" /* what the kernels were compiled for */
    "ALTER TABLE run ADD COLUMN libraries TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE run ADD COLUMN stride INTEGER NOT NULL DEFAULT 1;" /* of the epochs whose parameters are kept */
    "ALTER TABLE run ADD COLUMN kept_bytes INTEGER NOT NULL DEFAULT 0;" /* of its parameters in all snapshots */
    "CREATE TABLE tag ("
    "  run INTEGER NOT NULL REFERENCES run (id),"
    "  tag TEXT NOT NULL,"
    "  PRIMARY KEY (run, tag)"
    ") WITHOUT ROWID;"
    "CREATE TABLE setting (" /* snapshot-budget, notes */
    "  name TEXT PRIMARY KEY,"
    "  value"
    ") WITHOUT ROWID;"
    "CREATE TABLE kept ("
    "  run INTEGER NOT NULL REFERENCES run (id),"
    "  epoch INTEGER NOT NULL,"       /* whole epochs done */
    "  updates INTEGER NOT NULL,"
    "  whole INTEGER NOT NULL,"       /* 0: somewhere in the next epoch, where the run was stopped */
    "  parameters BLOB NOT NULL,"     /* float, the network's canonical vector */
    "  PRIMARY KEY (run, epoch, updates)"
    ");"
    "INSERT OR IGNORE INTO kept SELECT run, epoch, updates,"
    "  EXISTS (SELECT 1 FROM epoch WHERE epoch.run = snapshot.run AND epoch.epoch = snapshot.epoch"
    "          AND epoch.updates = snapshot.updates), parameters FROM snapshot;"
    "CREATE TABLE state (" /* where a run can go on */
    "  run INTEGER PRIMARY KEY REFERENCES run (id),"
    "  epoch INTEGER NOT NULL,"
    "  updates INTEGER NOT NULL,"
    "  state BLOB NOT NULL"           /* the trainer's, whole */
    ");"
    "INSERT INTO state SELECT run, epoch, updates, state FROM snapshot WHERE kind = 'last' AND state IS NOT NULL;"
    "DROP TABLE snapshot;"
    "ALTER TABLE kept RENAME TO snapshot;"
    "UPDATE run SET kept_bytes = coalesce ((SELECT sum (length (parameters)) FROM snapshot WHERE run = run.id), 0);"
    "CREATE TABLE edit ("
    "  id INTEGER PRIMARY KEY,"       /* microseconds since 1970, when it was made; later ones are greater */
    "  parent INTEGER REFERENCES edit (id)," /* what it changed; NULL: the study as it was made */
    "  label TEXT NOT NULL,"          /* for people: units 32 to 64 */
    "  cohort TEXT REFERENCES cohort (hash),"
    "  recipe TEXT REFERENCES version (hash),"
    "  network TEXT REFERENCES version (hash),"
    "  hyperparameters TEXT REFERENCES version (hash),"
    "  runs TEXT NOT NULL DEFAULT ''," /* numbers of the runs that it deleted or brought back, with commas */
    "  deleted INTEGER NOT NULL DEFAULT 0"
    ");"
    "INSERT INTO edit (id, parent, label, cohort, recipe, network, hyperparameters)"
    "  SELECT 1, NULL, '', cohort, recipe, network, hyperparameters FROM head;"
    "ALTER TABLE head ADD COLUMN edit INTEGER REFERENCES edit (id);"
    "UPDATE head SET edit = 1;"
    "CREATE TABLE lock (" /* who trains; one row a training */
    "  id TEXT PRIMARY KEY,"
    "  process TEXT NOT NULL,"
    "  program TEXT NOT NULL,"
    "  since INTEGER NOT NULL,"
    "  seen INTEGER NOT NULL"         /* microseconds since 1970: when it last wrote */
    ") WITHOUT ROWID;";

/* Version 3: records in chunks, or where they are; exactly where they came from. */
static const char third[] =
    "ALTER TABLE cohort ADD COLUMN origin TEXT;"  /* JSON: arguments, roles, files with their sums */
    "ALTER TABLE cohort ADD COLUMN size INTEGER NOT NULL DEFAULT 0;" /* of the copy in chunks; 0 and no bytes: none, read the origin */
    "CREATE TABLE chunk ("
    "  cohort TEXT NOT NULL REFERENCES cohort (hash),"
    "  part INTEGER NOT NULL,"
    "  bytes BLOB NOT NULL,"
    "  PRIMARY KEY (cohort, part)"
    ");";

/* Version 4: forks take the optimiser along. */
static const char fourth[] =
    "ALTER TABLE snapshot ADD COLUMN optimizer BLOB;"; /* what it has gathered; NULL: not kept */

static const char *const steps[] = { first, second, third, fourth };

G_STATIC_ASSERT (G_N_ELEMENTS (steps) == ANM_SCHEMA_VERSION);

gboolean
anm_schema_upgrade (sqlite3 *db,
                    guint from,
                    GError **error)
{
  g_autofree char *version = g_strdup_printf ("PRAGMA user_version = %d", ANM_SCHEMA_VERSION);

  for (guint i = from; i < G_N_ELEMENTS (steps); i++)
    if (!anm_statement_execute (db, steps[i], error))
      return FALSE;
  return anm_statement_execute (db, version, error);
}
