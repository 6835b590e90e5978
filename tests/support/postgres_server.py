"""A PostgreSQL server of our own, from the distribution's package, on a socket in a folder: for tests/kill and bench/record."""
import glob
import os
import shutil
import subprocess


def programs():
    """The folder of initdb and pg_ctl, or None."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    return os.path.dirname(found[-1]) if found else None


class Server:
    """`settings`: what postgres takes behind -c."""

    def __init__(self, folder, settings=()):
        self.folder = os.path.join(folder, "server")
        os.mkdir(self.folder)
        os.chmod(folder, 0o755)
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "-N -E UTF8 --locale=C -A trust -U postgres")
        words = "".join(f" -c {setting}" for setting in ("listen_addresses=", *settings))
        self._run("pg_ctl", f"-l {self.folder}/log -w -o '-k {self.folder}{words}' start")

    def _run(self, program, words):
        owner = "runuser -u postgres -- " if os.geteuid() == 0 else ""
        subprocess.run(["bash", "-c", f"cd / && {owner}{programs()}/{program} -D {self.folder}/data {words} > /dev/null"], check=True)

    def url(self, database="postgres"):
        return f"host={self.folder} user=postgres dbname={database}"

    def ask(self, query, database="postgres"):
        """What psql says: a row a line, columns between tabs."""
        environment = os.environ | {"PGOPTIONS": "-c client_min_messages=warning"}
        return subprocess.run(["psql", "-X", "-q", "-A", "-t", "-F", "\t", "-d", self.url(database), "-c", query],
                              check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout

    def stop(self):
        self._run("pg_ctl", "-m immediate -w stop")
