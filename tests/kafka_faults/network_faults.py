"""Faults between one of the workers and the broker. Each makes sure that it came, and returns when all are at work again."""

import proxy
from worker_faults import armed

IMPATIENT = ("answer:3000",)  # milliseconds for which the worker waits, instead of half a minute
OF_A_COMMIT = (proxy.ADD_PARTITIONS, proxy.PRODUCE, proxy.ADD_OFFSETS, proxy.TXN_OFFSET_COMMIT, proxy.END_TXN, proxy.INIT_PRODUCER_ID)
TIMES = 2  # that an answer is cut off


def failed(worker, reason):
    return worker.metric("pointsman_worker_transactions_failed_total", group="stages", reason=reason)


def until_failed(life, fault, reason):
    """The worker behind the proxy gives a transaction up for that reason, and all goes on without it."""
    worker = life.workers[0]
    if worker.faults != IMPATIENT:
        armed(life, worker, *IMPATIENT)
        life.until_ready()
    before = failed(worker, reason)
    with life.proxy.does(fault):
        life.until(lambda: failed(worker, reason) > before, f"a transaction that fails: {reason}")
    assert fault.met > 0
    life.until_ready()
    life.until(life.is_caught_up, "the end of the backlog")
    life.check_copies()


def lost_answer_to_a_commit(life):
    """It is done, and the worker never hears so: it has to look what the changelogs say."""
    until_failed(life, proxy.LostAnswers(proxy.END_TXN), "unknown")


def lost_commit(life):
    """It never gets there, and its transaction stays open: the worker looks, and has to do it all again."""
    until_failed(life, proxy.LostRequests(proxy.END_TXN), "unknown")


def stalled_producer_queue(life):
    """What it hands over stays under way while offsets would be taken. It gets there once the transaction was given up."""
    until_failed(life, proxy.HeldRequests(proxy.PRODUCE), "aborted")


def commit_after_the_coordinator_moved(life):
    """Asked to commit, the coordinator says that it is none any more: it had done so, or had not."""
    for does_it in (True, False):
        with life.proxy.does(proxy.MovedCoordinator(does_it)) as fault:
            life.until(lambda: fault.met > 0, "a commit")
        life.until(life.is_caught_up, "the end of the backlog")
    life.until_ready()


def answers_cut_off(life):
    """Of each kind of request that makes a commit: it is carried out, and the connection breaks."""
    for api_key in OF_A_COMMIT:
        with life.proxy.does(proxy.CutAnswers(api_key, TIMES)) as fault:
            if api_key == proxy.INIT_PRODUCER_ID:  # what is done once
                armed(life, life.workers[0])
            life.until(lambda: fault.met == TIMES, f"{TIMES} answers to requests {api_key}")
        life.until_ready()
        life.until(life.is_caught_up, "the end of the backlog")
    life.check_copies()
