"""Faults of brokers and topics. Each makes sure that it came, and returns when all are at work again."""

import re
import signal
import time

from crew import are_ready, command, pipe, until
from life import PARTITIONS, TASKS
from world import now_ms

OUTAGE_S = 6
GRACE_S = 30  # within which who is told to stop has stopped: Kubernetes gives no more by default
SOON_S = 40  # for ten seconds of work: below the 60 after which brokers end a transaction that nobody else has ended
LEAST_FAILURES = 4  # of transactions in ten seconds: the pause between two does not grow above 1.3
# The end of a transaction takes 78 bytes. A coordinator that cannot write it waits for it until it is restarted (3.9.1).
TAKES_MARKERS_ALONE = 80


def whole_cluster_restarted(life):
    """All brokers are killed at once, and come back. Meanwhile a worker stops in peace, and does not wait for them to do so."""
    for node in life.cluster.nodes.values():
        node.kill()
    life.wait(OUTAGE_S / 2)
    one, told = life.random.choice(life.workers), time.monotonic()
    assert one.end(signal.SIGTERM) == 0, one.log()
    assert time.monotonic() - told < GRACE_S, f"it took {time.monotonic() - told:.0f} s to stop\n{one.log()}"
    life.cluster.start_again()
    one.start()
    life.until_ready()
    life.until(life.is_caught_up, "the end of the backlog")


def broker_refuses_writes(life):
    """A changelog, and then an output, takes no record. Workers say that they cannot commit, in the log and to whoever asks whether they
    are ready; once it takes records again all is worked off."""
    working = [worker for worker in life.crew if worker.process]
    for topic in (f"{life.prefix}.changelog.account", f"{life.prefix}.leads"):
        failed, logged = failures(working), {worker: len(worker.log(1 << 30)) for worker in working}
        life.cluster.alter(topic, f"max.message.bytes={TAKES_MARKERS_ALONE}")
        until(lambda: any(cannot_commit(worker, topic) for worker in working), f"the word that nothing comes into {topic}", working, SOON_S)
        until(lambda: any(tells_of_tries(worker.log(1 << 30)[logged[worker]:], topic) for worker in working), "a word of it in the log", working, SOON_S)
        assert failures(working) >= failed + LEAST_FAILURES, (failed, failures(working))
        life.cluster.alter(topic, "max.message.bytes")
        until(lambda: life.is_caught_up() and are_ready(working, TASKS), "the end of the backlog", working, SOON_S)


def failures(workers):
    return sum(worker.metric("pointsman_worker_transactions_failed_total") for worker in workers)


def tells_of_tries(log, topic):
    return re.search(rf'"tried again for \d+ s, \d+ times: a record was not delivered: {re.escape(topic)}: ', log)


def cannot_commit(worker, topic):
    """By what it answers, because of that topic."""
    status, answer = worker.get("/readyz")
    whys = [one["why"] for one in answer.get("not_ready", []) if one["reason"] == "cannot_commit"]
    return status == 503 and any(f"{topic}: Broker: Message size too large" in why for why in whys)


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
    told = command(worker, "workers", expect=1)
    assert f"account/0: worker-000 refuses it: the group has no offset of {topic}/0" in told, told
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
    told = command(worker, "workers", expect=1)
    assert f"account/{partition}: worker-000 refuses it: {lost} is read next" in told, told
    assert worker.end(signal.SIGTERM) == 0
    worker.config.write_text(worker.config.read_text("utf-8").replace("kafka: {", f"kafka: {{ accept_lost: '{lost}',"), "utf-8")
    worker.start()
    life.until_ready()
    assert worker.end(signal.SIGTERM) == 0


def own_topic_made_anew(life):
    """That stage's tasks alone are refused, and say so. What was lost is lost."""
    pipe(life.address, "delete", f"{life.prefix}.changelog.desk")
    missing = re.compile(rf"^missing +{re.escape(life.prefix)}\.changelog\.desk ", re.M)
    life.until(lambda: missing.search(command(life.spare, "topics", "check", expect=1)), "the end of a topic")
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
