"""Disks that are lost, old, half written or another's. Each makes sure that it came, and returns when all are at work again."""

import shutil
import signal

STAGES = ("identity", "account", "desk")
COMPACTED = ("segment.ms=1000", "min.cleanable.dirty.ratio=0.001", "delete.retention.ms=0", "max.compaction.lag.ms=1000")


def tasks_of(worker):
    return worker.data / "tasks"


def on_other_disk(life, worker, change, told=None):
    """Dies, finds another disk, and goes on; `told` is what it says of it."""
    worker.end()
    before = len(worker.log(1 << 30))
    change(tasks_of(worker))
    worker.start()
    life.until_ready()
    assert told is None or told in worker.log(1 << 30)[before:], worker.log()


def disk_lost(life):
    on_other_disk(life, life.random.choice(life.workers), shutil.rmtree)


def days_go_by(life):
    """A disk is laid aside for disk_of_days_ago. From here on the brokers compact what they can, and what was deleted goes
    for good."""
    worker = life.workers[0]
    worker.end(signal.SIGTERM)
    life.aside = life.folder / "aside"
    shutil.copytree(tasks_of(worker), life.aside)
    for stage in STAGES:
        life.cluster.alter(f"{life.prefix}.changelog.{stage}", *COMPACTED)
    worker.start()
    life.until_ready()


def disk_of_days_ago(life):
    """What lies on it was deleted since, and the changelog does not know of it any more."""

    def put_back(tasks):
        shutil.rmtree(tasks)
        shutil.copytree(life.aside, tasks)

    on_other_disk(life, life.workers[0], put_back, "its local copy is made anew")


def disk_half_written(life):
    """Of one copy the newest writes are cut off, as after a crash; of the others what says which files there are: half of it,
    which a copy without files yet does not miss, or all."""

    def halve(tasks):
        for n, task in enumerate(sorted(tasks.iterdir())):
            for path in task.glob("*.log" if n == 0 else "MANIFEST-*"):
                with open(path, "r+b") as file:
                    file.truncate(path.stat().st_size // 2 if n < 2 else 0)

    on_other_disk(life, life.random.choice(life.workers), halve, "anew")


def disk_of_another(life):
    """The copies of a stage's partitions are exchanged, and of one stage they are another cluster's."""

    def exchange(tasks):
        shutil.rmtree(tasks)
        shutil.copytree(life.elsewhere, tasks)
        (tasks / "account-000").rename(tasks / "taken")
        (tasks / "account-001").rename(tasks / "account-000")
        (tasks / "taken").rename(tasks / "account-001")

    on_other_disk(life, life.random.choice(life.workers), exchange, "anew")
