"""Publishers, reps and a reader around workers on a Kafka: they go on whatever dies."""

import collections
import contextlib
import os
import queue
import subprocess
import threading
import time

import recording
import workload
from crew import PIPE, Publisher, line_of, pipe, read_line

PACE_S = 0.25
MOMENTS = 3  # that begin by themselves, at each pace
REACTIONS = 20  # at most, at each pace
REACTED_TO = ("assignments", "cadence")
STAMP_MS = recording.millis("2099-01-01T00:00:00Z")
STAMPED_EACH = 12  # of so many batches one goes to the topic of those whose clock is wrong


def now_ms():
    return time.time_ns() // 1_000_000


class World:
    """`topics` are where it publishes; the second, if any, gets its batches with times of 2099."""

    def __init__(self, address, prefix, topics, seed):
        self.address, self.prefix, self.topics = address, prefix, topics
        self.work, self.lock, self.reactions = workload.Workload(seed), threading.Lock(), queue.Queue()
        self.sent, self.seen, self.batches = [], {}, 0
        self.seen_reasons = collections.Counter()  # of dead letters
        self.poison, self.parked = set(), 0  # ids of events that are to be set aside; timers that are to be parked
        self.stamped = set()  # ids of events that came with times of 2099
        self.calm, self.over = threading.Event(), threading.Event()  # nothing new; nothing at all
        self.outputs = [f"{prefix}.{topic}" for topic in recording.TOPICS]
        self.follower = None
        self.threads = [threading.Thread(target=does, daemon=True) for does in (self.publish, self.follow)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def end(self):
        self.over.set()
        if self.follower is not None:
            self.follower.stdin.close()
        for thread in self.threads:
            if thread.is_alive():
                thread.join()

    def add(self, *events):
        """They come with the next batch."""
        self.reactions.put(list(events))

    def moments(self):
        events = []
        with contextlib.suppress(queue.Empty):
            for _ in range(REACTIONS):
                events += self.reactions.get_nowait()
        if not self.calm.is_set():
            with self.lock:
                for _ in range(MOMENTS):
                    events += self.work.begin()
        return events

    def publish(self):
        publisher = Publisher(self.address, self.topics[0])
        while not self.over.wait(PACE_S):
            events = self.moments()
            if not events:
                continue
            batch = [recording.Sent(event, acked=False, first=now_ms()) for event in events]
            self.sent += batch
            self.batches += 1
            stamped = len(self.topics) > 1 and self.batches % STAMPED_EACH == 0 and self.stamp(events)
            self.stamped |= {event["id"] for event in events} if stamped else set()
            tries = 1 if stamped else publisher.send(events, self.over)
            for one in batch:
                one.acked, one.tries, one.at = True, tries, now_ms()
        publisher.end()

    def stamp(self, events):
        with contextlib.suppress(AssertionError, subprocess.SubprocessError):
            pipe(self.address, "stamp", self.topics[1], str(STAMP_MS), text="".join(map(line_of, events)))
            return True
        return False  # then it is sent the other way, once more

    def follow(self):
        self.follower = subprocess.Popen([PIPE, "follow", *self.outputs], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                         env=os.environ | {"PM_KAFKA": self.address})
        for line in self.follower.stdout:
            topic, place, events = read_line(line)
            self.seen[topic, place] = [event["id"] for event in events]
            name = topic.removeprefix(self.prefix + ".")
            if name == "dead-letters":
                self.seen_reasons.update(event["data"].get("reason") for event in events)
            if name in REACTED_TO and not self.calm.is_set():
                for event in events:
                    with self.lock:
                        self.reactions.put(self.work.react(recording.Output(name, 0, event)))
        self.follower.stdout.close()
        self.follower.wait()

    def read(self):
        """The outputs of each topic, and what the reader who read along saw otherwise."""
        outputs, others = {topic: [] for topic in recording.TOPICS}, []
        for line in pipe(self.address, "read", *self.outputs).splitlines():
            topic, place, events = read_line(line)
            of_topic, ids = outputs[topic.removeprefix(self.prefix + ".")], [event["id"] for event in events]
            of_topic += [recording.Output(topic, len(of_topic) + n, event) for n, event in enumerate(events)]
            if self.seen.pop((topic, place), ids) != ids:
                others.append((topic, place))
        return outputs, others + list(self.seen)
