"""Workers of `pointsman run` on a real Kafka, each a process of its own, and lines in and out of topics.

Standard library only; shares nothing with the engine. One thread at a time may start and end a worker.
"""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
BIN = pathlib.Path(os.environ.get("PM_BIN", ROOT / "build/dev/bin")).resolve()
PIPE = BIN / "pointsman_kafka_pipe"
PATIENCE_S = 90
SESSION_S = 3
CONFIG = """data: {data}
rules: {rules}
http: {{ listen: "127.0.0.1:0" }}
time: {{ tick: 200ms }}
kafka: {{ brokers: [{address}], prefix: {prefix}, inputs: [{inputs}], partitions: {partitions}, replication: {replication}, session: {session}s }}
"""


class Worker:
    """Its number is its own, its folder, too: configuration, `data`, `log`."""

    def __init__(self, folder, number, rules, address, prefix, inputs, partitions, replication=1, session=SESSION_S):
        self.folder, self.number = pathlib.Path(folder) / str(number), number
        self.folder.mkdir()
        self.data, self.config = self.folder / "data", self.folder / "pointsman.yaml"
        self.config.write_text(CONFIG.format(data=self.data, rules=rules, address=address.replace(",", ", "), prefix=prefix, inputs=", ".join(inputs),
                                             partitions=partitions, replication=replication, session=session), encoding="utf-8")
        self.process, self.url, self.faults = None, None, ()

    def spawn(self, *faults):
        """Does not wait for it. `faults`: see tests/kafka/armed.cc."""
        assert self.process is None, "it runs already"
        self.faults = faults
        program = ["pointsman_kafka_armed"] if faults else ["pointsman", "run"]
        words = [BIN / program[0], *program[1:], "--config", self.config, *faults]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=log, text=True,
                                            env=os.environ | {"POINTSMAN_WORKER": f"pointsman-{self.number}"})
        self.url = None

    def is_up(self):
        """False once it has ended before it listened."""
        if self.url is None:
            line = self.process.stdout.readline()
            self.url = line.split()[-1] if "listening on " in line else None
        return self.url is not None

    def start(self, *faults):
        self.spawn(*faults)
        assert self.is_up(), f"worker {self.number} did not start:\n{self.log()}"
        return self

    def get(self, path, body=None):
        """Status and JSON of an answer."""
        try:
            with urllib.request.urlopen(self.url + path, data=body, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            return refused.code, json.load(refused)

    def tasks(self):
        return self.get("/v1/workers")[1]["tasks"]

    def metric(self, name, **labels):
        """The sum of a metric over all labels but those named."""
        with urllib.request.urlopen(self.url + "/metrics", timeout=30) as answer:
            lines = answer.read().decode().splitlines()
        wanted = [f'{label}="{value}"' for label, value in labels.items()]
        return sum(float(line.split()[-1]) for line in lines
                   if line.startswith((name + " ", name + "{")) and all(label in line for label in wanted))

    def tell(self, which):
        self.process.send_signal(which)

    def ended(self, patience=60):
        """The status it ends with, by itself or because it was told to."""
        status = self.process.wait(patience)
        self.process.stdout.close()
        self.process = None
        return status

    def end(self, how=signal.SIGKILL):
        """The status it ended with."""
        if self.process is None:
            return None
        self.tell(how)
        return self.ended()

    def log(self, most=6000):
        return (self.folder / "log").read_text(errors="replace")[-most:]

    def state(self):
        """For people who look for what went wrong: what it said last, librdkafka's own words aside, and how its tasks are."""
        lines = [line for line in self.log(1 << 20).splitlines() if '"message":"kafka: ' not in line][-25:]
        try:
            lines += map(str, self.tasks() + [self.get("/v1/workers")[1]["intake"]])
        except OSError:
            lines.append(f"it does not answer; exit {self.process.poll()}")
        return "\n".join([f"worker {self.number}:", *lines])


def are_ready(workers, tasks):
    """All of them are, and these many tasks are theirs together, and run: one that was refused does not."""
    answers = [worker.get("/readyz") for worker in workers if worker.process]
    return all(status == 200 for status, _ in answers) and \
        [sum(answer[what] for _, answer in answers) for what in ("tasks", "running")] == [tasks, tasks]


def until(holds, what, workers, patience=PATIENCE_S):
    """Waits for it; what is waited for has no signal of its own."""
    end, why = time.monotonic() + patience, "did not come"
    while time.monotonic() < end:
        try:
            if holds():
                return
        except OSError as gone:  # who was asked is
            why = str(gone)
            break
        threading.Event().wait(0.2)
    raise AssertionError(f"{what}: {why}\n" + "\n".join(map(Worker.state, workers)))


def pipe(address, *words, text=None):
    run = subprocess.run([PIPE, *words], input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace",
                         env=os.environ | {"PM_KAFKA": address}, timeout=120, check=False)
    assert run.returncode == 0, f"{words[:2]}: {run.stderr}"
    return run.stdout


def command(worker, *words, expect=0):
    run = subprocess.run([BIN / "pointsman", *words, "--config", worker.config], stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True, timeout=120, check=False)
    assert run.returncode == expect, f"{words} ended with {run.returncode}:\n{run.stdout}"
    return run.stdout


def look_at(worker):
    """What `pointsman workers` says of tasks and inputs, warnings of brokers that are away aside. Offsets of markers are part of a
    lag: small is nothing."""
    looks = [json.loads(line) for line in command(worker, "workers", "--json").splitlines() if line.startswith("{")]
    clock = next(look for look in looks if "clock" in look)
    assert {"topic", "partition"} <= clock.keys(), clock
    looks.remove(clock)
    assert {look["stage"] for look in looks} == {"intake", "identity", "account", "desk"}, looks
    return looks


def line_of(event):
    """An event as the pipe takes it: with a key that is free."""
    who = event["data"].get("email") or event["data"].get("anonymous_id") or event["id"]
    return f"{who}\t{json.dumps(event)}\n"


def read_line(line):
    """(topic, (partition, offset), events) of a line of the pipe."""
    topic, partition, offset, value = line.rstrip("\n").split("\t", 3)
    records = json.loads(value)
    return topic, (int(partition), int(offset)), records if isinstance(records, list) else [records]


class Publisher:
    """One producer for all batches."""

    def __init__(self, address, topic):
        self.address, self.topic, self.process = address, topic, None

    def send(self, events, over):
        """How often it had to try until all of it was durable; what was tried before may be there, too. Gives up when it is `over`."""
        tries = 0
        while not over.is_set():
            tries += 1
            if self.process is None:
                self.process = subprocess.Popen([PIPE, "publish", self.topic], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                                stderr=subprocess.DEVNULL, env=os.environ | {"PM_KAFKA": self.address})
            with contextlib.suppress(OSError):
                self.process.stdin.write("".join(map(line_of, events)) + "\n")
                self.process.stdin.flush()
                if self.process.stdout.readline() == "ok\n":
                    return tries
            self.end()
            over.wait(0.2)
        return tries

    def end(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for stream in (self.process.stdin, self.process.stdout):
                with contextlib.suppress(OSError):
                    stream.close()
        self.process = None
