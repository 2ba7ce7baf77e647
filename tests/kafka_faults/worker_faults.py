"""Faults of workers. Each makes sure that it came, and returns when all are at work again."""

import signal
import time

from broker import FORGOTTEN_AFTER_S
from crew import SESSION_S
from life import is_stopped

STEPS = range(1, 7)  # of a commit, as engine/runtime/kafka/logs/commit_step.h counts them
CLAIMED = 7  # the step within the transaction by which an owner claims tasks
SWITCHED = 8  # the same of the transaction that puts rules in force
STEPS_WITHIN, COMMITTED = range(1, 5), 5  # before it holds; once it does
BACKLOG_S = 20
TRANSACTION_S = 60  # after which brokers end one
FORGETS_WITHIN = 6  # times
FORGOTTEN = "producer id which is not currently assigned to its transactional id"  # as librdkafka says it
POISON = "poisonous"
KILLS_A_SWITCH = 10


def armed(life, worker, *faults):
    """It ends in peace: a task whose owners are killed again and again before they get on has its next record set aside."""
    worker.end(signal.SIGTERM)
    worker.start(*faults)


def all_armed(life, *faults):
    """The same of all at once."""
    for worker in life.workers:
        worker.tell(signal.SIGTERM)
    for worker in life.workers:
        worker.ended()
        worker.spawn(*faults)
    for worker in life.workers:
        assert worker.is_up(), f"worker {worker.number} did not start:\n{worker.log()}"


def nth(life):
    return life.random.randrange(2, 15)


def failures(worker):
    """Transactions that failed, and partitions that were lost."""
    return worker.metric("pointsman_worker_transactions_failed_total") + worker.metric("pointsman_worker_lost_partitions_total")


def killed_behind_each_step(life):
    """Of an odd step it comes back at once, of an even one only after others have its tasks. Behind step 4 it leaves a
    transaction open that holds back what they must know: they end it long before it times out."""
    for step in STEPS:
        worker = life.workers[step // 2 % 2]
        armed(life, worker, f"kill:{step}:{nth(life)}")
        assert worker.ended() == -signal.SIGKILL, worker.log()
        if step % 2 == 0:
            life.until_left_to(life.others(worker))
        if step == 4:
            life.until(lambda: any("may have held back what it had: fenced" in other.log() for other in life.others(worker)),
                       "the fencing of a dead owner")
        worker.start()
        life.until_ready()
    life.check_copies()


def killed_while_it_claims(life):
    """Nobody has heard of it yet, and its transaction holds back what the others must know: they end it long before it times out."""
    worker = life.workers[1]
    armed(life, worker, f"kill:{CLAIMED}:1")
    assert worker.ended() == -signal.SIGKILL, worker.log()
    before = time.monotonic()
    life.until_left_to(life.others(worker))
    life.until(life.is_caught_up, "the end of the backlog")
    assert time.monotonic() - before < TRANSACTION_S / 2, "they waited for its transaction"
    worker.start()
    life.until_ready()


def killed_while_it_switches_rules(life):
    """What it leaves open holds back all inputs of all tasks, and itself when it comes back: it is ended long before it times out."""
    worker = life.workers[1]
    armed(life, worker, f"kill:{SWITCHED}:1")
    life.switch_rules(worker)
    assert worker.ended() == -signal.SIGKILL, worker.log()
    before = time.monotonic()
    worker.start()
    life.until_ready()
    life.until(life.is_caught_up, "the end of the backlog")
    assert time.monotonic() - before < TRANSACTION_S / 2, "they waited for its transaction"
    life.switch_rules(worker)
    life.until_switched()


def intake_killed_behind_each_step(life):
    """As above; behind step 4 and one other, unless there is time. Whoever follows does not wait until its transaction times out."""
    for step in STEPS if life.is_long else (4, life.random.choice([1, 2, 3, 5, 6])):
        worker = life.workers[step // 2 % 2]
        armed(life, worker, f"kill:intake:{step}:{nth(life)}")
        assert worker.ended() == -signal.SIGKILL, worker.log()
        before = time.monotonic()
        life.until_left_to(life.others(worker))
        life.until(life.is_caught_up, "the end of the backlog")
        if step == 4:
            assert time.monotonic() - before < 0.7 * TRANSACTION_S, f"it took {time.monotonic() - before:.0f} s"
            told = f"intake-worker-{worker.number:03} is gone, and its inputs are ours now: fenced"
            life.until(lambda: any(told in other.log(1 << 20) for other in life.others(worker)), "the fencing of a dead intake")
        worker.start()
        life.until_ready()
    life.check_copies()


def killed_at_random(life):
    """Each time one or, now and then, all. At times the rules are being switched just then."""
    killed = 0
    while killed < life.kills:
        victims = life.workers if life.random.random() < 0.3 else [life.random.choice(life.workers)]
        switches = killed // KILLS_A_SWITCH >= life.switches
        if switches:
            life.until_ready()
            life.switch_rules(life.random.choice(life.workers))
        for worker in victims:
            assert worker.process.poll() is None, f"worker {worker.number} ended by itself:\n{worker.log()}"
            worker.end()
        life.wait(life.random.random())
        for worker in victims:
            worker.spawn()
        life.wait(0.3 + life.random.random())
        killed += len(victims)
    life.until_ready()
    life.switch_rules(life.workers[0])
    life.until_switched()


def stopped_within_a_commit(life):
    """Beyond its session, with timers due; it goes on and is fenced, its database is as it was."""
    for step in STEPS_WITHIN if life.is_long else life.random.sample(STEPS_WITHIN, 2):
        zombie = life.random.choice(life.workers)
        armed(life, zombie, f"stop:{step}:{nth(life)}")
        life.until(lambda: is_stopped(zombie), "the stop")
        life.until_left_to(life.others(zombie))
        zombie.tell(signal.SIGCONT)
        life.until_ready()
        assert failures(zombie) > 0, f"step {step}: it was not fenced\n{zombie.log()}"
        life.check_copies()
        armed(life, zombie)
        life.until_ready()


def stopped_anywhere(life):
    zombie = life.random.choice(life.workers)
    zombie.tell(signal.SIGSTOP)
    life.until_left_to(life.others(zombie))
    zombie.tell(signal.SIGCONT)
    life.until_ready()
    life.check_copies()


def producer_ids_expired(life):
    """Stopped between two transactions, for so long that the brokers have forgotten its producer's id. It is alone: others would fence
    it instead. Where it finds that its partitions are lost before it uses that producer, it takes a new one: then once more."""
    one, *others = life.workers
    for other in others:
        other.end(signal.SIGTERM)
    said = len(one.log(1 << 30))
    for _ in range(FORGETS_WITHIN):
        armed(life, one, f"stop:{COMMITTED}:{nth(life)}")
        life.until(lambda: is_stopped(one), "the stop")
        life.wait(FORGOTTEN_AFTER_S + 3)
        one.tell(signal.SIGCONT)
        life.until_ready()
        life.until(lambda: failures(one) > 0, "the end of a producer")
        life.until(life.is_caught_up, "the end of the backlog")
        if FORGOTTEN in one.log(1 << 30)[said:]:
            break
    else:
        raise AssertionError(f"no producer was forgotten:\n{one.log()}")
    life.check_copies()
    armed(life, one)
    for other in others:
        other.start()
    life.until_ready()


def rebalance_in_a_transaction(life):
    """A third worker joins while one stands within a commit, and leaves while the next one does."""
    for step in (2, 4):
        one = life.workers[step // 2 % 2]
        armed(life, one, f"stop:{step}:{nth(life)}")
        life.until(lambda: is_stopped(one), "the stop")
        if life.spare.process is None:
            life.spare.spawn()
        else:
            assert life.spare.end(signal.SIGTERM) == 0, life.spare.log()
        life.wait(SESSION_S / 3)
        one.tell(signal.SIGCONT)
        life.until_ready()
    armed(life, one)
    life.until_ready()
    life.check_copies()


def nobody_survives(life, event, fault, reason):
    """What comes of the event kills some, then a dead letter with that reason says that it was given up. They stay armed."""
    all_armed(life, fault)
    life.world.add(event)
    deaths = 0

    def is_given_up():
        nonlocal deaths
        for worker in life.workers:
            if worker.process.poll() is not None:
                assert worker.ended() == -signal.SIGKILL, worker.log()
                worker.spawn(fault)
                deaths += 1
        return life.world.seen_reasons[reason] > 0

    life.until(is_given_up, f"what is {reason}")
    assert 3 <= deaths <= 8, f"{deaths} died of it"


def poison_record(life):
    """Some die of it, then it is set aside, and no other is."""
    event = life.world.work.event("lead.submitted", {"email": f"{POISON}@own.example", "form": POISON})
    life.world.poison.add(event["id"])
    nobody_survives(life, event, f"poison:{POISON}", "set_aside")
    life.until_ready()


def backlog_with_overdue_timers(life):
    """Nobody works while publishers and reps go on; then accepts and timers that are overdue come together."""
    for worker in life.workers:
        assert worker.end(signal.SIGTERM) == 0, worker.log()
    life.wait(BACKLOG_S)
    for worker in life.workers:
        worker.start()
    life.until_ready()
    life.until(life.is_caught_up, "the end of the backlog")
