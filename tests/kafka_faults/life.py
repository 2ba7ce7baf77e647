"""A company's life on a real Kafka, through faults, and the verdict on it."""

import json
import os
import pathlib
import random
import shutil
import signal
import subprocess

import auditor
import leads
import workload
from crew import BIN, SESSION_S, Worker, are_ready, command, pipe, until
from world import World, now_ms

PARTITIONS = 3
TASKS = 3 * PARTITIONS
INPUTS = 4  # partitions
SLACK_MS = 45_000  # the longest time for which nobody works, and what it takes to catch up
SETTLES_WITHIN = "12m"  # a desk may hear of things much later when a publisher or its owner was away
RECOVERY_S = 120  # of a machine with other things to do


class Life:
    """Workers at work, one more at hand. `kills` is how many random ones there are to be; `elsewhere` holds another
    cluster's copies of state."""

    def __init__(self, cluster, scratch, prefix, seed, kills=0, is_long=False, workers=2, elsewhere=None):
        self.cluster, self.address, self.prefix, self.kills = cluster, cluster.address, prefix, kills
        self.folder = pathlib.Path(scratch) / prefix
        self.rules = self.folder / "rules"
        shutil.copytree(workload.ONE_DESK.rules, self.rules)
        self.random, self.switches, self.replication = random.Random(seed), 0, len(cluster.nodes)
        self.inputs = [f"{prefix}-in", f"{prefix}-2099"]
        self.proxy = cluster.nodes[1].proxy  # before the first worker alone; None: before nobody
        self.workers = [self.worker(number) for number in range(workers)]
        self.spare, self.is_long, self.elsewhere, self.aside = self.worker(workers), is_long, elsewhere, None
        self.world = World(self.address, prefix, self.inputs, seed)

    def worker(self, number):
        address = self.proxy.address if self.proxy is not None and number == 0 else self.address
        return Worker(self.folder, number, self.rules, address, self.prefix, self.inputs, PARTITIONS, self.replication)

    @property
    def crew(self):
        return [*self.workers, self.spare]

    def start(self):
        copies = str(self.replication)
        pipe(self.address, "create", self.inputs[0], "3", copies)
        pipe(self.address, "create", self.inputs[1], "1", copies, "message.timestamp.type=CreateTime",
             f"message.timestamp.after.max.ms={1 << 62}")
        for topic in self.world.outputs:
            pipe(self.address, "create", topic, "1", copies)
        self.until(self.has_topics, "topics")
        for worker in self.workers:
            worker.start()
        self.until_ready()
        self.world.start()

    def has_topics(self):
        """With several brokers some hear later than others of what was just made."""
        try:
            command(self.spare, "topics", "create")
            return all(command(self.spare, "topics", "check") for _ in self.cluster.nodes)
        except AssertionError:
            return False

    def end(self):
        for worker in self.crew:
            worker.end()
        self.world.end()

    def wait(self, seconds):
        """For faults that last."""
        self.world.over.wait(seconds)

    def others(self, worker):
        return [other for other in self.crew if other is not worker and other.process]

    def until(self, holds, what):
        until(holds, what, [worker for worker in self.crew if worker.process], RECOVERY_S)

    def until_ready(self, workers=None):
        """That those that run have all tasks, and run them."""
        workers = [worker for worker in workers or self.crew if worker.process]
        for worker in workers:
            assert worker.is_up(), f"worker {worker.number} ended by itself:\n{worker.log()}"
        self.until(lambda: are_ready(workers, TASKS), f"readiness of {[worker.number for worker in workers]}")

    def until_left_to(self, workers):
        """The session of the others ends first: what they have is no more than said."""
        self.wait(SESSION_S)
        self.until_ready(workers)

    def switch_rules(self, worker):
        self.switches += 1
        with open(self.rules / "judging.yaml", "a", encoding="utf-8") as file:
            file.write(f"# version {self.switches}\n")
        worker.tell(signal.SIGHUP)

    def until_switched(self):
        """All that run have the rules of the last change in force."""
        wanted = f"# version {self.switches}\\n"
        self.until(lambda: all(wanted in json.dumps(worker.get("/v1/rules/versions/current")[1]) for worker in self.crew if worker.process),
                   "the change of rules")

    def check_copies(self):
        """No local copy was found to be wrong: none was, as long as nobody touched a disk."""
        for worker in self.crew:
            if worker.config.with_name("log").exists():
                assert "anew" not in worker.log(1 << 30), worker.log(1 << 30)

    def is_caught_up(self):
        """Offsets of markers are part of a lag: small is nothing."""
        looks = [worker.get("/v1/workers")[1] for worker in self.crew if worker.process]
        of_tasks = [task.get("lag", 1000) for look in looks for task in look["tasks"]]
        of_inputs = [one.get("lag", 1000) for look in looks for one in look["intake"]["inputs"]]
        return len(of_tasks) == TASKS and len(of_inputs) == INPUTS and sum(of_tasks) < 30 and sum(of_inputs) < 30

    def settle(self):
        """All that was begun is published and worked off, and timers that are due by then have fired."""
        self.world.calm.set()
        self.until(lambda: self.world.reactions.empty() and all(one.acked for one in self.world.sent), "the end of publishing")
        self.until_ready()
        self.until(self.is_caught_up, "the end of the backlog")
        self.wait(5)
        return now_ms() - 3000

    def judge(self):
        """What is wrong with it all, in words. The workers have ended then."""
        end = self.settle()
        wrong = [f"worker {worker.number} ended with {status}:\n{worker.log()}" for worker in self.crew
                 if worker.process and (status := worker.end(signal.SIGTERM)) != 0]
        self.world.end()
        outputs, others = self.world.read()
        if others:
            wrong.append(f"a reader of committed records saw what is not there, or is another: {others[:5]}")
        wrong += self.wrongly_set_aside(outputs) + self.of_2099(outputs)
        expect = workload.ONE_DESK.expect() | {"settles_within": SETTLES_WITHIN}
        findings = auditor.judge(auditor.Run(self.world.sent, outputs, expect, end, SLACK_MS))
        findings.print()
        if findings.items:
            wrong.append(f"{len(findings.items)} findings of the auditor")
        wrong += self.restored_from_nothing() + self.unlike_their_replay()
        print(f"{len(self.world.sent)} events, {sum(map(len, outputs.values()))} outputs, {self.switches} changes of rules", flush=True)
        return wrong

    def wrongly_set_aside(self, outputs):
        """What is poison was, once each, and nothing else; the auditor is not to expect anything of it."""
        for one in self.world.sent:
            one.acked = one.event["id"] not in self.world.poison
        wanted = {"set_aside": len(self.world.poison), "row_parked": self.world.parked}
        told = [alert for alert in outputs["alerts"] if alert.part("code") in wanted]
        outputs["alerts"] = [alert for alert in outputs["alerts"] if alert not in told]
        codes = [alert.part("code") for alert in told]
        return [f"{code}: {codes.count(code)} times: {list(map(str, told))}" for code, times in wanted.items() if codes.count(code) != times]

    def of_2099(self, outputs):
        """What was sent with such times came to leads, and has moved no time on."""
        of_them = [output for output in outputs["leads"] if output.type == "lead.created" and leads.token_of(output) in self.world.stamped]
        ahead = [output for of_topic in outputs.values() for output in of_topic if output.at > now_ms()]
        return ([] if of_them else ["no lead came of those with times of 2099"]) + [f"of the future: {output}" for output in ahead[:3]]

    def restored_from_nothing(self):
        """A worker without a disk takes all over: each changelog's digest and timers are what its last commit says."""
        heir = self.worker(9).start()
        try:
            self.wait(SESSION_S)
            until(lambda: are_ready([heir], TASKS), "a restore of all tasks", [heir], RECOVERY_S)
            return []
        except AssertionError as failed:
            return [str(failed)]
        finally:
            heir.end(signal.SIGTERM)

    def unlike_their_replay(self):
        """Each task's input, which is whole, applied again from its start gives the task's rows and its hash chain."""
        again = subprocess.run([BIN / "pointsman_kafka_replay", self.prefix, str(PARTITIONS)], stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, timeout=120, check=False, env=os.environ | {"PM_KAFKA": self.address})
        if again.returncode == 0:
            print(again.stdout, end="")
        return [] if again.returncode == 0 else [f"tasks are not what their input gives again:\n{again.stdout}"]


def is_stopped(worker):
    stat = pathlib.Path(f"/proc/{worker.process.pid}/stat").read_text(encoding="ascii")
    return stat.rsplit(")", 1)[1].split()[0] == "T"
