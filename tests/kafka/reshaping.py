"""`pointsman reshape` with a company at work: from one machine to a real Kafka, into other partitions, and back to one machine. What is
open goes on, and the auditor judges the whole life as if it had been lived in one place."""

import json
import pathlib
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / folder) for folder in ("tests/auditor", "tests/support", "tests/support/kafka")]

import auditor  # noqa: E402
import recording  # noqa: E402
import scratch  # noqa: E402
import workload  # noqa: E402
from crew import BIN, Publisher, Worker, are_ready, pipe, read_line, until  # noqa: E402
from engine import Engine  # noqa: E402

INPUT = "reshape-in"
PARTITIONS = (2, 3)  # of the two lives on Kafka
SESSION_S = 1  # until a worker that has left is believed to be gone
LIFE_S = 3  # in each place, so that nothing of it has come to its end when it moves
PACE_S = 0.2
MOMENTS = 4
REACTED_TO = ("assignments", "cadence")
SLACK_MS = 25_000  # a move takes some seconds, in which no timer fires
BEGINS = {"sla": "started", "cadence": "enrolled", "assignments": "queued"}
ENDS = {"sla": {"met", "breached", "cancelled"}, "cadence": {"exited", "finished"}, "assignments": ()}  # nothing: whatever comes next
RULES = workload.ONE_DESK.rules


def now_ms():
    return time.time_ns() // 1_000_000


class OnOneMachine:
    def __init__(self, folder):
        self.folder, self.engine = folder, Engine(folder, RULES)
        self.config, self.read_to = self.engine.config, {}

    def start(self):
        self.engine.start()

    def send(self, events):
        answer = self.engine.post(events)
        assert answer.status in (202, 400), answer  # 400: kept in dead letters

    def seen(self, topic):
        """What came since the last call."""
        records = recording.fetch_topic("http://" + self.engine.address, topic, self.read_to.get(topic, -1))
        self.read_to[topic] = records[-1][0] if records else self.read_to.get(topic, -1)
        return [event for _, event in records]

    def stop(self):
        assert self.engine.end() == 0, "".join(self.engine.log[-20:])

    def outputs(self):
        """All of it, by what it recorded: of one that has stopped."""
        out = pathlib.Path(self.folder) / "out"
        again = subprocess.run([BIN / "pointsman", "simulate", "--input", self.engine.data, "--out", out], capture_output=True, text=True,
                               timeout=60, check=False)
        assert again.returncode == 0, f"its input does not give it again:\n{again.stdout}{again.stderr}"
        return {topic: [o.event for o in outputs] for topic, outputs in recording.read_outputs(out).items()}

    def outputs_so_far(self):
        return {topic: [o.event for o in outputs] for topic, outputs in recording.fetch_outputs("http://" + self.engine.address).items()}

    def end(self):
        if self.engine.process is not None and self.engine.process.poll() is None:
            self.engine.end()


class OnKafka:
    def __init__(self, folder, address, prefix, partitions):
        self.address, self.prefix, self.partitions = address, prefix, partitions
        self.worker = Worker(folder, 0, RULES, address, prefix, [INPUT], partitions, session=SESSION_S)
        self.config, self.publisher, self.read_to = self.worker.config, Publisher(address, INPUT), {}
        self.over = threading.Event()

    def start(self):
        self.worker.start()
        until(lambda: are_ready([self.worker], 3 * self.partitions), "readiness", [self.worker])

    def send(self, events):
        assert self.publisher.send(events, self.over) == 1

    def seen(self, topic):
        events = self.read(topic)
        fresh, self.read_to[topic] = events[self.read_to.get(topic, 0):], len(events)
        return fresh

    def read(self, topic):
        lines = pipe(self.address, "read", f"{self.prefix}.{topic}").splitlines()
        return [event for line in lines for event in read_line(line)[2]]

    def has_read_all(self):
        """Of the publishers' topic. Offsets of markers are part of a lag."""
        lags = [one.get("lag", 1000) for one in self.worker.get("/v1/workers")[1]["intake"]["inputs"]]
        return bool(lags) and max(lags) <= 1

    def stop(self):
        until(self.has_read_all, "the end of the inputs", [self.worker])
        self.publisher.end()
        status = self.worker.end(15)
        assert status == 0, self.worker.log()

    def outputs(self):
        return {topic: self.read(topic) for topic in recording.TOPICS}

    def end(self):
        self.publisher.end()
        self.worker.end()


class Company:
    """Publishers and reps, wherever it lives."""

    def __init__(self, seed):
        self.work, self.sent, self.reactions = workload.Workload(seed), [], []

    def go_on(self, home):
        events = [event for events in self.reactions for event in events] + [e for _ in range(MOMENTS) for e in self.work.begin()]
        self.reactions = []
        first = now_ms()
        home.send(events)
        self.sent += [recording.Sent(event, first=first, at=now_ms()) for event in events]

    def look_at(self, home):
        for topic in REACTED_TO:
            self.reactions += [self.work.react(recording.Output(topic, 0, event)) for event in home.seen(topic)]

    def live(self, home, seconds=LIFE_S):
        end, looks = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            self.go_on(home)
            looks += 1
            if looks % 5 == 0:
                self.look_at(home)
            threading.Event().wait(PACE_S)


def move(old, new, meanwhile=None):
    """Once; then the old place refuses to work. `meanwhile` is done again and again while it takes place."""
    begun = time.monotonic()
    words = [BIN / "pointsman", "reshape", "--from", old.config, "--to", new.config, "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as moving:
        while meanwhile and moving.poll() is None:
            meanwhile()
            threading.Event().wait(PACE_S)
        out, said = moving.communicate(timeout=60)
    assert moving.returncode == 0, f"{words[2:]} ended with {moving.returncode}:\n{out}{said}"
    report = json.loads(out)
    assert report["timers"] > 0 and all(stage["rows"] > 0 for stage in report["stages"].values()), report
    refused = subprocess.run([BIN / "pointsman", "run", "--config", old.config], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             timeout=60, check=False)
    assert refused.returncode != 0 and "PM0551" in refused.stdout, f"{refused.returncode}: {refused.stdout}"
    print(f"{report['from']} to {report['to']}: {report['written']} rows, {report['timers']} timers, {time.monotonic() - begun:.1f} s")


def went_on(lives):
    """Of each topic, how much of what was begun in one place was gone on with in another."""
    counts, begun = dict.fromkeys(BEGINS, 0), {}
    for place, outputs in enumerate(lives):
        for topic in BEGINS:
            for output in (recording.Output(topic, 0, event) for event in outputs[topic]):
                kind, what = output.type.split(".", 1)[1], (topic, output.part("milestone"), output.lead)
                if kind == BEGINS[topic]:
                    begun[what] = place
                elif begun.get(what, place) < place:
                    counts[topic] += 1
                    del begun[what]
                elif kind in ENDS[topic] or not ENDS[topic]:
                    begun.pop(what, None)
    return counts


def a_company_moves_to_kafka_into_other_partitions_and_back(address):
    with scratch.folder("reshape") as own:
        folders = [own / name for name in ("one", "two", "three", "back")]
        for folder in folders[1:3]:
            folder.mkdir()
        pipe(address, "create", INPUT, "2", "1")
        for prefix in ("two", "three"):
            for topic in recording.TOPICS:
                pipe(address, "create", f"{prefix}.{topic}", "1", "1")
        homes = [OnOneMachine(folders[0]), OnKafka(folders[1], address, "two", PARTITIONS[0]),
                 OnKafka(folders[2], address, "three", PARTITIONS[1]), OnOneMachine(folders[3])]
        try:
            live_in(homes)
        finally:
            for home in homes:
                home.end()


def live_in(homes):
    company, lives = Company(7), []
    for old, new in zip([None, *homes], homes):
        if old is not None:
            stays = isinstance(old, OnKafka) and isinstance(new, OnKafka)
            move(old, new, (lambda: company.go_on(new)) if stays else None)  # publishers need not stop
            lives.append(old.outputs())
        new.start()
        company.live(new)
        company.look_at(new)
        if new is not homes[-1]:
            new.stop()
    end = now_ms()
    threading.Event().wait(2)
    lives.append(homes[-1].outputs_so_far())
    homes[-1].stop()

    outputs = {topic: [recording.Output(topic, n, event) for n, event in enumerate(e for life in lives for e in life[topic])]
               for topic in recording.TOPICS}
    findings = auditor.judge(auditor.Run(company.sent, outputs, workload.ONE_DESK.expect(), end, SLACK_MS))
    findings.print()
    assert not findings.items, f"{len(findings.items)} findings"
    counts = went_on(lives)
    assert all(counts.values()), counts
    assert all(life["leads"] for life in lives), [len(life["leads"]) for life in lives]
    print(f"{len(company.sent)} events, {sum(map(len, outputs.values()))} outputs; begun in one place, gone on with in another: {counts}")


TESTS = (a_company_moves_to_kafka_into_other_partitions_and_back,)
