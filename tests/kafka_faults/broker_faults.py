"""Faults of brokers and topics. Each makes sure that it came, and returns when all are at work again."""

import re
import signal

from crew import command, pipe
from life import PARTITIONS, TASKS
from world import now_ms

OUTAGE_S = 6


def whole_cluster_restarted(life):
    """All brokers are killed at once, and come back."""
    for node in life.cluster.nodes.values():
        node.kill()
    life.wait(OUTAGE_S / 2)
    life.cluster.start_again()
    life.until_ready()
    life.until(life.is_caught_up, "the end of the backlog")


def broker_refuses_writes(life):
    """A changelog, and then the outputs, want more copies than there are."""
    for topic in (f"{life.prefix}.changelog.account", f"{life.prefix}.leads"):
        life.cluster.alter(topic, f"min.insync.replicas={life.replication + 1}")
        life.wait(OUTAGE_S)
        life.cluster.alter(topic, f"min.insync.replicas={min(2, life.replication)}")
        life.until(life.is_caught_up, "the end of the backlog")
    life.until_ready()


def each_broker_killed(life):
    """In turn: leader, coordinator and controller are among them."""
    for node in life.cluster.nodes.values():
        node.kill()
        life.wait(OUTAGE_S)
        life.until(life.is_caught_up, "work without a broker")
        node.start()
        life.wait(OUTAGE_S)  # until it has caught up with the others
        life.until_ready()


def offsets_forgotten(life):
    """As brokers do when nobody was in the group for a week: that task alone is refused, until people put back what it names. After the
    verdict, as what follows: all have ended."""
    topic = f"{life.prefix}.account"
    life.until(lambda: accepts(life, "forget", topic, "0", life.prefix), "the end of the group")
    worker = life.workers[0].start()
    whys = until_refused_alone(life, worker, {("account", 0)})
    position = re.search(rf"the group has no offset of {re.escape(topic)}/0, the changelog stands at (\d+):", whys).group(1)
    assert worker.end(signal.SIGTERM) == 0
    life.until(lambda: accepts(life, "put-back", topic, "0", life.prefix, position), "the end of the group")
    worker.start()
    life.until_ready()
    assert worker.end(signal.SIGTERM) == 0


def next_records_gone(life):
    """Retention took what a task has yet to read: that task alone is refused, until people accept what it names."""
    topic, unread = f"{life.prefix}.account", "never to be read"
    pipe(life.address, "stamp", topic, str(now_ms()), text=f"key\t{unread}\n")
    partition = next(line.split("\t")[1] for line in pipe(life.address, "read", topic).splitlines() if line.endswith(unread))
    pipe(life.address, "empty", topic, partition)
    worker = life.workers[0].start()
    why = until_refused_alone(life, worker, {("account", int(partition))})
    lost = re.match(rf"({re.escape(topic)}/{partition}@\d+) is read next", why).group(1)
    assert worker.end(signal.SIGTERM) == 0
    worker.config.write_text(worker.config.read_text("utf-8").replace("kafka: {", f"kafka: {{ accept_lost: '{lost}',"), "utf-8")
    worker.start()
    life.until_ready()
    assert worker.end(signal.SIGTERM) == 0


def own_topic_made_anew(life):
    """That stage's tasks alone are refused, and say so. What was lost is lost."""
    pipe(life.address, "delete", f"{life.prefix}.changelog.desk")
    life.until(lambda: f"{life.prefix}.changelog.desk" in command(life.spare, "topics", "check", expect=1), "the end of a topic")
    command(life.spare, "topics", "create")
    worker = life.workers[0].start()
    until_refused_alone(life, worker, {("desk", partition) for partition in range(PARTITIONS)})
    assert "desk/0: refused" in worker.log(1 << 30), worker.log()
    assert worker.end(signal.SIGTERM) == 0


def accepts(life, *words):
    """Brokers, which want to see nobody in the group: its members' sessions have to end first."""
    try:
        pipe(life.address, *words)
        return True
    except AssertionError:
        return False


def refused(worker):
    """Tasks that do not run, with their reasons."""
    return {(task["stage"], task["partition"]): task.get("why", "") for task in worker.tasks() if task["phase"] != "runs"}


def until_refused_alone(life, worker, tasks):
    """Why; all others run."""
    life.until(lambda: len(worker.tasks()) == TASKS and set(refused(worker)) == tasks and all(refused(worker).values()),
               f"the refusal of {tasks} alone")
    return "\n".join(refused(worker).values())
