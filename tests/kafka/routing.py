"""`pointsman run` on a real Kafka: two workers share the work, one is killed and comes back, the rules change in between, and
the auditor judges what came out."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("PM_BIN", ROOT / "build/dev/bin")).resolve()
sys.path.insert(0, str(ROOT / "tests/auditor"))

import auditor  # noqa: E402
import recording  # noqa: E402
import workload  # noqa: E402

LEADS = 2000
PARTITIONS = 2
PATIENCE_S = 90
SLACK_MS = 15_000  # a take-over comes between
CONFIG = """data: {data}
rules: {rules}
http: {{ listen: "127.0.0.1:0" }}
time: {{ tick: 200ms }}
kafka: {{ brokers: "{address}", prefix: routing, inputs: [routing-in], partitions: {partitions}, replication: 1, session: 3s }}
"""


class Worker:
    """A process of `pointsman run`; its number is its own, the configuration's folder too."""

    def __init__(self, folder, number, rules, address):
        self.folder, self.number = pathlib.Path(folder) / str(number), number
        self.folder.mkdir()
        self.config = self.folder / "pointsman.yaml"
        self.config.write_text(CONFIG.format(data=self.folder / "data", rules=rules, address=address, partitions=PARTITIONS),
                               encoding="utf-8")
        self.process, self.url = None, None

    def start(self):
        log = open(self.folder / "log", "ab")  # noqa: SIM115: the process has it
        self.process = subprocess.Popen([BIN / "pointsman", "run", "--config", self.config], stdout=subprocess.PIPE, stderr=log,
                                        text=True, env=os.environ | {"POINTSMAN_WORKER": f"pointsman-{self.number}"})
        log.close()
        line = self.process.stdout.readline()
        assert "listening on " in line, f"worker {self.number} did not start:\n{self.log()}"
        self.url = line.split()[-1]
        return self

    def get(self, path, body=None):
        """Status and JSON of an answer."""
        try:
            with urllib.request.urlopen(self.url + path, data=body, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            return refused.code, json.load(refused)

    def tell(self, which):
        self.process.send_signal(which)

    def end(self, how=signal.SIGKILL):
        """The status it ended with."""
        if self.process is None:
            return None
        self.tell(how)
        status = self.process.wait(60)
        self.process.stdout.close()
        self.process = None
        return status

    def log(self):
        return (self.folder / "log").read_text(errors="replace")[-6000:]


def until(holds, what, workers):
    """Waits for it; what is waited for has no signal of its own."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come\n" + "\n".join(worker.log() for worker in workers))
        threading.Event().wait(0.2)


def pipe(address, *words, text=None):
    run = subprocess.run([BIN / "pointsman_kafka_pipe", *words], input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                         env=os.environ | {"PM_KAFKA": address}, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


def command(folder, *words, expect=0):
    run = subprocess.run([BIN / "pointsman", *words, "--config", folder / "pointsman.yaml"], stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True, timeout=120, check=False)
    assert run.returncode == expect, f"{words} ended with {run.returncode}:\n{run.stdout}"
    return run.stdout


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
    lines = []
    for event in events:
        event.pop("time", None)
        who = event["data"].get("email") or event["data"].get("anonymous_id") or event["id"]
        lines.append(f"{who}\t{json.dumps(event)}\n")
    pipe(address, "send", "routing-in", text="".join(lines))
    at = time.time_ns() // 1_000_000
    return [recording.Sent(event, at=at, first=first) for event in events]


def outputs_of(address):
    """Of each topic, in the order of its one partition: so the auditor sees a desk's doings in the desk's own order."""
    outputs = {topic: [] for topic in recording.TOPICS}
    for line in pipe(address, "read", *(f"routing.{topic}" for topic in recording.TOPICS)).splitlines():
        name, _, _, value = line.split("\t", 3)
        records, of_topic = json.loads(value), outputs[name.removeprefix("routing.")]
        for event in records if isinstance(records, list) else [records]:
            of_topic.append(recording.Output(name, len(of_topic), event))
    return outputs


def look_at(folder):
    """What `pointsman workers` says. Offsets of markers are part of a lag: small is nothing."""
    looks = [json.loads(line) for line in command(folder, "workers", "--json").splitlines()]
    assert {look["stage"] for look in looks} == {"intake", "identity", "account", "desk"}, looks
    return looks


def leads_are_routed_once_over_a_kill_and_a_change_of_rules(address):
    with tempfile.TemporaryDirectory(prefix="pm-routing-") as scratch:
        rules = pathlib.Path(scratch) / "rules"
        shutil.copytree(workload.ONE_DESK.rules, rules)
        workers = [Worker(scratch, number, rules, address) for number in (0, 1)]
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
    pipe(address, "create", "routing-in", "3")
    for topic in recording.TOPICS:  # how many partitions outputs have is the users' to say
        pipe(address, "create", f"routing.{topic}", "1")
    command(one.folder, "topics", "create")
    one.start()
    two.start()

    def ready():
        answers = [worker.get("/readyz") for worker in workers if worker.process]
        total = sum(answer["tasks"] for _, answer in answers)
        return all(status == 200 for status, _ in answers) and total == 3 * PARTITIONS

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
    owners = {look["worker"] for look in look_at(one.folder)}
    assert owners == {"worker-000", "worker-001"}, owners
    forms = {event["id"] for event in events if event["type"] == "lead.submitted"}

    def settled():
        known = {task["phase"] for worker in workers for task in worker.get("/v1/workers")[1]["tasks"]}
        lags = [task.get("lag", 1) for worker in workers for task in worker.get("/v1/workers")[1]["tasks"]]
        return known == {"runs"} and sum(lags) < 20 and sum(look["lag"] for look in look_at(one.folder) if look["stage"] == "intake") < 20

    until(settled, "the end of the backlog", workers)
    threading.Event().wait(3)  # let timers that are due by now fire
    end = time.time_ns() // 1_000_000 - 2000
    assert [worker.end(signal.SIGTERM) for worker in workers] == [0, 0], one.log() + two.log()
    outputs = outputs_of(address)
    findings = auditor.judge(auditor.Run(sent, outputs, workload.ONE_DESK.expect(), end, SLACK_MS))
    findings.print()
    assert not findings.items, f"{len(findings.items)} findings"
    print(f"{len(forms)} forms, {len(events)} events, {sum(map(len, outputs.values()))} outputs")


TESTS = (leads_are_routed_once_over_a_kill_and_a_change_of_rules,)
