"""`pointsman run` on a real Kafka: two workers share the work, one is killed and comes back, the rules change in between, and
the auditor judges what came out."""

import itertools
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/auditor"), str(ROOT / "tests/support/kafka")]

import auditor  # noqa: E402
import recording  # noqa: E402
import scratch  # noqa: E402
import workload  # noqa: E402
from crew import BIN, Worker, are_ready, command, line_of, look_at, pipe, read_line, until  # noqa: E402

LEADS = 2000
PARTITIONS = 2
SLACK_MS = 15_000  # a take-over comes between
LINES = 200  # of a publisher's transaction


def history(seed):
    """Events of a company until LEADS forms came, as they are to be sent."""
    world, events, forms = workload.Workload(seed), [], 0
    while forms < LEADS:
        more = world.begin()
        events += more
        forms += sum(event["type"] == "lead.submitted" for event in more)
    return events


def send(address, events):
    """As they come: without a time of their own. Each with the time it was durable, at the latest."""
    first = time.time_ns() // 1_000_000
    for event in events:
        event.pop("time", None)
    lines = map(line_of, events)
    batches = iter(lambda: "".join(itertools.islice(lines, LINES)), "")
    pipe(address, "publish", "routing-in", text="\n".join(batches))
    at = time.time_ns() // 1_000_000
    return [recording.Sent(event, at=at, first=first) for event in events]


def outputs_of(address):
    """Of each topic, in the order of its one partition: so the auditor sees a desk's doings in the desk's own order."""
    outputs = {topic: [] for topic in recording.TOPICS}
    for line in pipe(address, "read", *(f"routing.{topic}" for topic in recording.TOPICS)).splitlines():
        name, _, events = read_line(line)
        of_topic = outputs[name.removeprefix("routing.")]
        of_topic += [recording.Output(name, len(of_topic) + n, event) for n, event in enumerate(events)]
    return outputs


def leads_are_routed_once_over_a_kill_and_a_change_of_rules(address):
    with scratch.folder("routing") as folder:
        rules = folder / "rules"
        shutil.copytree(workload.ONE_DESK.rules, rules)
        workers = [Worker(folder, number, rules, address, "routing", ["routing-in"], PARTITIONS) for number in (0, 1)]
        try:
            route(address, workers, rules)
        finally:
            for worker in workers:
                worker.end()


def route(address, workers, rules):
    one, two = workers
    refused = subprocess.run([BIN / "pointsman", "run", "--config", one.config], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             text=True, timeout=60, check=False)
    assert refused.returncode == 78 and "PM0538" in refused.stdout and "topics create" in refused.stdout, refused.stdout
    pipe(address, "create", "routing-in", "3", "1")
    for topic in recording.TOPICS:  # how many partitions outputs have is the users' to say
        pipe(address, "create", f"routing.{topic}", "1", "1")
    command(one, "topics", "create")
    one.start()
    two.start()

    def ready():
        return are_ready(workers, 3 * PARTITIONS)

    until(ready, "readiness", workers)
    before = one.get("/v1/rules/versions")[1]["in_force"]
    assert two.get("/v1/rules/versions")[1]["in_force"] == before
    assert one.get("/v1/events", b"{}")[0] == 501 and one.get("/v1/queues")[1]["code"] == "PM0657"

    events = history(1)
    sent = send(address, events[:len(events) // 3])
    one.end(signal.SIGKILL)
    sent += send(address, events[len(events) // 3:len(events) // 2])
    with open(rules / "judging.yaml", "a", encoding="utf-8") as file:
        file.write("# another version\n")
    two.tell(signal.SIGHUP)
    sent += send(address, events[len(events) // 2:])
    one.start()
    until(lambda: ready() and one.get("/v1/rules/versions")[1]["in_force"] != before, "the change of rules", workers)
    assert "another version" in json.dumps(one.get("/v1/rules/versions/current")[1]), "the worker that was away has it, too"
    owners = {look["worker"] for look in look_at(one)}
    assert owners == {"worker-000", "worker-001"}, owners
    forms = {event["id"] for event in events if event["type"] == "lead.submitted"}

    def settled():
        known = {task["phase"] for worker in workers for task in worker.tasks()}
        lags = [task.get("lag", 1) for worker in workers for task in worker.tasks()]
        return known == {"runs"} and sum(lags) < 20 and sum(look["lag"] for look in look_at(one) if look["stage"] == "intake") < 20

    until(settled, "the end of the backlog", workers)
    threading.Event().wait(3)  # let timers that are due by now fire
    for name in ("pointsman_open_slas", "pointsman_timers_pending", "pointsman_timer_lateness_seconds_count"):
        assert sum(worker.metric(name) for worker in workers) > 0, name
    end = time.time_ns() // 1_000_000 - 2000
    assert [worker.end(signal.SIGTERM) for worker in workers] == [0, 0], one.log() + two.log()
    outputs = outputs_of(address)
    findings = auditor.judge(auditor.Run(sent, outputs, workload.ONE_DESK.expect(), end, SLACK_MS))
    findings.print()
    assert not findings.items, f"{len(findings.items)} findings"
    print(f"{len(forms)} forms, {len(events)} events, {sum(map(len, outputs.values()))} outputs")


TESTS = (leads_are_routed_once_over_a_kill_and_a_change_of_rules,)
