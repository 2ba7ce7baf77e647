"""Clocks that are wrong, and timers that kill. Each makes sure that it came, and returns when all are at work again."""

import collections
import re
import signal

import recording
from worker_faults import all_armed, nobody_survives
from world import now_ms

BACK_MS = -3_600_000
AHEAD_MS = 8000  # below `time.late`: so a timer that fires ahead has the time of its due
AGAIN_S = 3
OVERDUE = "overdue"
DIE_IN_ONE_TICK, IN_ALL = (6, 12), 30  # in CI, in long runs; after four a record would be set aside
TIMERS_FOR_S = 6


def last_tick(life):
    return max((recording.millis(worker.get("/v1/workers")[1]["intake"].get("last_tick", "1970-01-01T00:00:00Z"))
                for worker in life.workers if worker.process), default=0)


def least_tick(life):
    """Every due before it has fired."""
    return min(recording.millis(task.get("tick")) or 0 for worker in life.workers for task in worker.tasks())


def clocks_back_and_forward(life):
    """All clocks are an hour behind, and no timer fires; then they are ahead, and timers are, too. At last they are right, and time
    goes on where it was."""
    all_armed(life, f"clock:{BACK_MS}")
    turned_back = now_ms()
    life.until_ready()
    life.until(lambda: 0 < last_tick(life) < now_ms() + BACK_MS // 2, "a tick of an hour ago")
    life.wait(AGAIN_S)
    assert turned_back + BACK_MS // 2 < least_tick(life) <= turned_back, "time went back, or on"
    all_armed(life, f"clock:{AHEAD_MS}")
    life.until_ready()
    life.until(lambda: least_tick(life) > now_ms() + AHEAD_MS // 2, "ticks that are ahead")
    all_armed(life)
    life.until_ready()
    ahead = least_tick(life)
    life.until(lambda: least_tick(life) > ahead, "the time that the clocks were ahead by")
    life.check_copies()


def parked(life):
    """With whom each stands still."""
    return [(worker, row) for worker in life.workers for row in worker.get("/v1/parked")[1]["parked"]]


def timer_that_nobody_survives(life):
    """Some die of it, then it is parked, and all others of its tick fire. It goes on once people have it tried again."""
    event = life.world.work.event("lead.submitted", {"email": f"{OVERDUE}@{OVERDUE}.example", "form": "demo", "hand_raise": True})
    life.world.parked += 1
    nobody_survives(life, event, f"due:{OVERDUE}", "row_parked")
    all_armed(life)
    life.until_ready()
    (worker, row), = parked(life)
    assert "no process survived it" in row["why"], row
    assert worker.get(f"/v1/parked/{row['id']}/retry", body=b"") == (200, {"retried": [row["id"]]})
    life.until(lambda: not parked(life), "the timer that goes on")


def many_die_in_one_tick(life):
    """Each a commit further: nothing is set aside for those who died in it."""
    for worker in life.workers:
        assert worker.end(signal.SIGTERM) == 0, worker.log()
    life.wait(TIMERS_FOR_S)
    worker, deaths = life.workers[1], collections.Counter()
    while max(deaths.values(), default=0) < DIE_IN_ONE_TICK[life.is_long]:
        assert deaths.total() < IN_ALL, deaths
        before = len(worker.log(1 << 30))
        worker.spawn("rows:1", "tick:desk")
        assert worker.ended() == -signal.SIGKILL, worker.log()
        deaths[re.search("dies in the tick behind .*", worker.log(1 << 30)[before:]).group()] += 1
    for worker in life.workers:
        worker.start()
    life.until_ready()
    life.until(life.is_caught_up, "the end of the backlog")
