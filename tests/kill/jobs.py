"""The jobs that kill_points.py stops: a pipeline each, and how what it has stored is read back."""
import json
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import postgres_server


class Job:
    options = []  # before the pipeline
    exact = True  # every record once after kill -9; else at least once, with no more repeated than was printed
    pipeline = ""

    def open(self, folder):
        """Before any run of a campaign; `folder` is the campaign's."""

    def close(self):
        """After all of them."""

    def pipeline_in(self, folder):
        """The pipeline of a series, which has a folder to itself."""
        return self.pipeline

    def stored(self, folder):
        """What is stored, a list of (id, text) for each sink. Raises where something stands there that was never written."""
        raise NotImplementedError


def lines_of(path):
    found = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            record = json.loads(line)
            found.append((record["id"], record["text"]))
        except (ValueError, KeyError) as error:
            raise AssertionError(f"{path}:{number} is no record: {line[:80]!r}") from error
    return found


def rows_of(path, table):
    with sqlite3.connect(path) as database:
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchall():
            return []
        return database.execute(f"SELECT id, text FROM {table}").fetchall()


class Append(Job):
    options = ["--checkpoint", "job.checkpoint"]
    exact = False
    pipeline = "read in/* | lines | throttle {rate} | write --append out.ndjson"

    def stored(self, folder):
        return [lines_of(folder / "out.ndjson")]


class Sqlite(Job):
    pipeline = "read in/* | throttle {rate} | lines | json | select id,text | sqlite out.db records"

    def stored(self, folder):
        return [rows_of(folder / "out.db", "records")]


class Tee(Job):
    """Two databases that are never equally far, so that one has blocks that the other still needs."""

    pipeline = (
        "read in/* | throttle {rate} | lines | tee { json | select id,text | sqlite a.db records } | json | "
        "select text,id | sqlite b.db records"
    )

    def stored(self, folder):
        return [rows_of(folder / name, "records") for name in ("a.db", "b.db")]


class Postgres(Job):
    """One server; a database for each series, named after its folder."""

    def open(self, folder):
        self.server = postgres_server.Server(folder, ["fsync=off"])

    def close(self):
        self.server.stop()

    def pipeline_in(self, folder):
        self.server.ask(f'CREATE DATABASE "{folder.name}"')
        url = self.server.url(folder.name)
        return f"read in/* | throttle {{rate}} | lines | json | select id,text | postgres '{url}' records"

    def stored(self, folder):
        if not self.server.ask("SELECT to_regclass('records')", folder.name).strip():
            return [[]]
        rows = (line.split("\t") for line in self.server.ask("SELECT id, text FROM records", folder.name).splitlines())
        return [[(int(number), text) for number, text in rows]]


JOBS = {"append": Append(), "sqlite": Sqlite(), "tee": Tee(), "postgres": Postgres()}
