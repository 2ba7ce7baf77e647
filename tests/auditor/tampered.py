"""A recording that may be spoilt, to plant faults into."""

import copy
import random

import recording


class Tampered:
    """A copy of a recording that may be spoilt."""

    def __init__(self, run, seed):
        self.outputs = {topic: list(outputs) for topic, outputs in run.outputs.items()}
        self.sent, self.expect = list(run.sent), copy.deepcopy(run.expect)
        self.random = random.Random(seed)

    def pick(self, topic, kind, good=lambda output: True):
        found = [o for o in self.outputs[topic] if o.type == kind and good(o)]
        return self.random.choice(found) if found else None

    def drop(self, output):
        self.outputs[output.topic].remove(output)

    def change(self, output, at=None, new_id=False, **members):
        """A copy with other members: `assignment__seq=3` is data.assignment.seq."""
        event = copy.deepcopy(output.event)
        for path, value in members.items():
            *parents, name = path.split("__")
            place = event["data"]
            for parent in parents:
                place = place.setdefault(parent, {})
            place[name] = value
        if at is not None:
            event["time"] = recording.clock(at)
        if new_id:
            event["id"] = "f" * 31 + str(self.random.randrange(10))
        return recording.Output(output.topic, output.offset, event)

    def replace(self, output, other):
        outputs = self.outputs[output.topic]
        outputs[outputs.index(output)] = other

    def insert_after(self, output, other):
        outputs = self.outputs[output.topic]
        outputs.insert(outputs.index(output) + 1, other)
