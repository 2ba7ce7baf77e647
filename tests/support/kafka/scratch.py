"""Folders for one run, beside the system's other temporary ones. A run that is killed leaves its own behind, a broker's data among
them: their names hold the process's id, and who makes the next one removes those of processes that are gone."""

import contextlib
import os
import pathlib
import re
import shutil
import tempfile

NAME = re.compile(r"pm-kafka-[a-z]+-(\d+)-\w+")


def make(what):
    """A new folder, named for `what` (letters)."""
    sweep()
    return pathlib.Path(tempfile.mkdtemp(prefix=f"pm-kafka-{what}-{os.getpid()}-"))


@contextlib.contextmanager
def folder(what):
    """One that is gone afterwards."""
    made = make(what)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def sweep():
    for found in pathlib.Path(tempfile.gettempdir()).glob("pm-kafka-*"):
        named = NAME.fullmatch(found.name)
        if named and not lives(int(named.group(1))):
            shutil.rmtree(found, ignore_errors=True)


def lives(process):
    """Also when it is somebody else's."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
