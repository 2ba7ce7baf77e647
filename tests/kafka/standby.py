"""`pointsman run` with standbys on a real Kafka: restarts within the session move nothing, and whoever is killed (-9),
within a commit, is followed by a neighbour that goes on at once from the copies it kept warm."""

import pathlib
import shutil
import signal
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/auditor"), str(ROOT / "tests/support/kafka")]

import recording  # noqa: E402
import scratch  # noqa: E402
import workload  # noqa: E402
from crew import Worker, are_ready, command, line_of, look_at, pipe, read_line, until  # noqa: E402

LEADS = 600
PARTITIONS = 4
TASKS = 3 * PARTITIONS
WARM = 50  # records behind; markers of transactions are some
A_FEW = 10
DIES = "kill:4:40"  # between two steps of its fortieth commit: not before all is warm, and soon after that
SOON_S = 40  # brokers end a transaction after 60
TAIL = 100  # records; the state of any one task is more


def configure(worker, session):
    """On top of what a worker has; in force from its next start."""
    lines = worker.config.read_text(encoding="utf-8").splitlines()
    kafka = lines[-1].split(", session:")[0]
    worker.config.write_text("\n".join([*lines[:-1], f"{kafka}, session: {session}, standbys: 1 }}\n"]), encoding="utf-8")


def tasks_of(worker):
    answer = worker.get("/v1/workers")[1]
    return {(task["stage"], task["partition"]) for task in answer["tasks"]}, answer


def all_warm(workers):
    """Each follows what the other has, and is not behind."""
    for worker in workers:
        tasks, answer = tasks_of(worker)
        followed = {(one["stage"], one["partition"]): one.get("lag", WARM) for one in answer["standbys"]}
        if len(tasks | set(followed)) != TASKS or max(followed.values()) >= WARM:
            return False
        if any(task.get("lag", WARM) >= WARM for task in answer["tasks"]):
            return False
    return True


def send(address, first, leads):
    """Of companies of their own, so that all partitions get some."""
    events = [{"id": str(n), "source": "web", "type": "lead.submitted",
               "data": {"email": f"ann{n}@company{n}.de", "country": "DE", "employees": 300, "form": "demo", "hand_raise": True}}
              for n in range(first, first + leads)]
    pipe(address, "publish", "standby-in", text="".join(map(line_of, events)))


def created(address):
    """How many leads; each once or the test fails."""
    events = [event for line in pipe(address, "read", "standby.leads").splitlines() for event in read_line(line)[2]]
    ids = [event["id"] for event in events if event["type"] == "lead.created"]
    assert len(ids) == len(set(ids)), "an output came twice"
    return len(ids)


def a_neighbour_goes_on_from_its_warm_copies(address):
    with scratch.folder("standby") as folder:
        rules = folder / "rules"
        shutil.copytree(workload.ONE_DESK.rules, rules)
        workers = [Worker(folder, number, rules, address, "standby", ["standby-in"], PARTITIONS) for number in (0, 1)]
        for worker in workers:
            configure(worker, "60s")
        try:
            pipe(address, "create", "standby-in", "3", "1")
            for topic in recording.TOPICS:
                pipe(address, "create", f"standby.{topic}", "1", "1")
            command(workers[0], "topics", "create")
            for worker in workers:
                worker.start()
            go_on(address, workers)
        finally:
            for worker in workers:
                worker.end()


def go_on(address, workers):
    one, two = workers
    until(lambda: are_ready(workers, TASKS), "readiness", workers)
    send(address, 0, LEADS)
    until(lambda: created(address) == LEADS, "the leads", workers)
    until(lambda: all_warm(workers), "warmth", workers)
    # Whoever looks sees who follows whom.
    looks = look_at(one)
    standbys = {(look["stage"], look["partition"]): look["standby"] for look in looks if "standby" in look}
    owners = {(look["stage"], look["partition"]): look["worker"] for look in looks if "worker" in look and look["stage"] != "intake"}
    assert len(standbys) == TASKS and all({standbys[task], owners[task]} == {"worker-000", "worker-001"} for task in owners), looks

    # One after the other, as a new version is rolled out.
    before = [tasks_of(worker)[0] for worker in workers]
    for restarted, other in ((one, two), (two, one)):
        rebalances = other.metric("pointsman_worker_rebalances_total")
        assert restarted.end(signal.SIGTERM) == 0, restarted.log()
        restarted.start()
        until(lambda: are_ready(workers, TASKS), "the way back", workers)
        assert other.metric("pointsman_worker_rebalances_total") == rebalances, other.log()
        assert restarted.metric("pointsman_worker_restored_records_total") < TAIL, restarted.log()
    assert [tasks_of(worker)[0] for worker in workers] == before

    # A shorter session, so that a death is soon known; it dies within a commit, and leaves its transaction open.
    for worker in workers:
        assert worker.end(signal.SIGTERM) == 0, worker.log()
        configure(worker, "6s")
        worker.start(*((DIES,) if worker is one else ()))
    until(lambda: are_ready(workers, TASKS) and all_warm(workers), "warmth again", workers)
    read = two.metric("pointsman_worker_restored_records_total")
    sent = LEADS
    while one.process.poll() is None and sent < 10 * LEADS:
        send(address, sent, A_FEW)
        sent += A_FEW
    died = time.monotonic()
    assert one.ended() == -signal.SIGKILL, one.log()
    until(lambda: are_ready([two], TASKS), "the take-over", workers)
    took = time.monotonic() - died
    assert took < SOON_S, f"its tasks were taken over after {took:.0f} s\n{two.log()}"
    read = two.metric("pointsman_worker_restored_records_total") - read
    assert read < TAIL, f"{read} records were read\n{two.log()}"
    assert two.metric("pointsman_worker_wiped_copies_total") == 0, two.log()
    until(lambda: created(address) == sent, "all leads", workers)
    print(f"the neighbour read {read:.0f} records of changelogs to take over {TASKS} tasks, half of them another's, in {took:.0f} s")
    assert two.end(signal.SIGTERM) == 0, two.log()


TESTS = (a_neighbour_goes_on_from_its_warm_copies,)
