# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a study's file beside the program that writes it."""

import glob
import os
import sqlite3
import struct


class StudyFile:
    """The newest untitled study under the user's data directory."""

    def __init__(self):
        paths = glob.glob(os.path.join(os.environ["XDG_DATA_HOME"], "**", "*.anamnesis"), recursive=True)
        if not paths:
            raise AssertionError("no study lies in " + os.environ["XDG_DATA_HOME"])
        self.path = max(paths, key=os.path.getmtime)

    def ask(self, question, *values):
        connection = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=10)
        try:
            return connection.execute(question, values).fetchall()
        finally:
            connection.close()

    def runs(self):
        """(id, race) of each run in order."""
        return self.ask("SELECT id, race FROM run WHERE NOT deleted ORDER BY id")

    def epochs(self, run):
        """(epoch, validation loss, training loss) in order."""
        return self.ask("SELECT epoch, loss, training_loss FROM epoch WHERE run = ? ORDER BY epoch", run)

    def best_loss(self, run):
        return min(loss for _, loss, _ in self.epochs(run) if loss is not None)

    def updates(self, run):
        """(loss, gradient norm) of each update in order."""
        figures = b"".join(row[0] for row in self.ask("SELECT figures FROM updates WHERE run = ? ORDER BY first", run))
        return list(struct.iter_unpack("<dd", figures))

    def first_update(self, run):
        """The bytes of the first update's loss."""
        rows = self.ask("SELECT figures FROM updates WHERE run = ? ORDER BY first LIMIT 1", run)
        return rows[0][0][:8] if rows else None

    def initial_parameters(self, run):
        rows = self.ask("SELECT parameters FROM snapshot WHERE run = ? AND updates = 0", run)
        return rows[0][0] if rows else None

    def ended(self, run):
        """(kind, microseconds since 1970) of how a run ended, or None while it goes on."""
        rows = self.ask("SELECT kind, time FROM event WHERE run = ? AND kind IN ('finished', 'stopped', 'failed') ORDER BY id", run)
        return rows[-1] if rows else None

    def optimizer(self, run):
        return self.ask("SELECT text FROM version JOIN run ON version.hash = run.hyperparameters WHERE run.id = ?", run)[0][0]
