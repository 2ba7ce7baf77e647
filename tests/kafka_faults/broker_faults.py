"""Faults of brokers and topics. Each makes sure that it came, and returns when all are at work again."""

import signal

from crew import command, pipe

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


def own_topic_made_anew(life):
    """That stage's tasks alone are refused, and say so. After the verdict: what was lost is lost."""
    pipe(life.address, "delete", f"{life.prefix}.changelog.desk")
    life.until(lambda: f"{life.prefix}.changelog.desk" in command(life.spare, "topics", "check", expect=1), "the end of a topic")
    command(life.spare, "topics", "create")
    worker = life.workers[0].start()

    def phases():
        return {(task["stage"], task["phase"], task.get("why", "") != "") for task in worker.tasks()}

    life.until(lambda: phases() == {("identity", "runs", False), ("account", "runs", False), ("desk", "refused", True)},
               "the refusal of the desk's tasks alone")
    assert "desk/0: refused" in worker.log(1 << 30), worker.log()
    assert worker.end(signal.SIGTERM) == 0
