#!/usr/bin/env python3
"""Events of a believable company, from a seed: visits, forms, moves, duplicates, late ones, and what reps do.

usage: workload.py --bin DIR --seed N --people N [--desks] --out FILE

As a library it gives events (`begin`) and reactions to what came out (`react`), so that a test can play the world
online. As a program it writes a whole history for `pointsman simulate`: rounds of events, each later than all
before it, so that the ids in a reaction stay those that the engine gave.
"""

import argparse
import json
import os
import random
import subprocess
import tempfile

import recording

HERE = os.path.dirname(os.path.abspath(__file__))
COMPANIES = ["acme", "globex", "initech", "umbrella", "hooli", "stark", "wayne", "tyrell", "cyberdyne", "aperture"]
COUNTRIES = ["DE", "US", "JP", "FR"]


class World:
    """A company: its rules, whom they name, and whether its leads go from desk to desk."""

    def __init__(self, folder, reps, queues, many_desks=False):
        self.rules, self.reps, self.queues, self.many_desks = os.path.join(HERE, folder), reps, queues, many_desks

    def expect(self):
        """What is known from outside about the rules."""
        with open(os.path.join(self.rules, "expect.json"), encoding="utf-8") as file:
            return json.load(file)


ONE_DESK = World("rules", ["ana", "ben", "chloe", "dev", "emma"], ["house"])
MANY_DESKS = World("desks", ["ana", "ben", "cy", "dan", "kai", "lin"], ["bench", "house"], many_desks=True)


class Workload:
    def __init__(self, seed, source="test", companies=len(COMPANIES), world=ONE_DESK):
        self.random, self.world = random.Random(seed), world
        self.source, self.count, self.people, self.companies = source, 0, [], COMPANIES[:companies]
        self.prefix = f"s{seed}"

    def event(self, kind, data, **more):
        self.count += 1
        event = {"specversion": "1.0", "id": f"{self.prefix}-{self.count}", "source": self.source, "type": kind,
                 "data": data}
        if kind == "lead.submitted":
            data["message"] = "tok:" + event["id"]
        event.update(more)
        return event

    def chance(self, of_hundred):
        return self.random.randrange(100) < of_hundred

    def submission(self, person):
        data = {"email": person["email"], "first_name": person["name"], "form": self.random.choice(["demo", "guide"]),
                "hand_raise": self.chance(75), "external_ids": {"crm:lead": person["id"]}}
        if self.chance(50):
            data["anonymous_id"] = person["browser"]
        if self.chance(4):
            data["title"] = "suspicious"
        if self.world.many_desks:
            data["country"] = self.random.choice(COUNTRIES)
        return self.event("lead.submitted", data)

    def person(self):
        number = f"{self.prefix}x{len(self.people)}"
        domain = "gmail.com" if self.chance(15) else "own.example" if self.chance(4) \
            else self.random.choice(self.companies) + ".example"
        self.people.append({"id": number, "name": "Kim", "browser": "b" + number, "email": f"kim{number}@{domain}"})
        return self.people[-1]

    def visit(self, who):
        return self.event("site.visited", {**who, "path": self.random.choice(["/pricing", "/docs", "/blog"])})

    def begin(self):
        """What one more moment brings, without any reaction: a few events."""
        events = []
        draw = self.random.randrange(100)
        if draw < 50 or not self.people:
            person = self.person()
            for _ in range(self.random.randrange(4)):
                events.append(self.visit({"anonymous_id": person["browser"]}))
            events.append(self.submission(person))
            if self.chance(25):  # the form is sent twice, or the publisher tries again
                events.append(self.submission(person) if self.chance(50) else dict(events[-1]))
            if self.chance(40):
                domain = person["email"].split("@")[1]
                if domain not in ("gmail.com", "own.example"):
                    events.append(self.event("account.upserted", {
                        "domain": domain, "name": domain.split(".")[0],
                        "employees": self.random.choice([20, 200, 900])}))
            if self.chance(8):
                self.random.shuffle(events)
            return events
        person = self.random.choice(self.people)
        if self.world.many_desks and self.chance(40):
            return self.across(person)
        by_email = {"email": person["email"]}
        if draw < 62:
            return [self.visit(by_email) for _ in range(3)]
        if draw < 70:
            return [self.submission(person)]
        if draw < 76:
            person["email"] = f"new{self.count}{person['id']}@{self.random.choice(self.companies + ['gmail'])}.example"
            return [self.event("lead.updated", {"external_ids": {"crm:lead": person["id"]}, "email": person["email"]})]
        if draw < 82:
            waiting = "waiting_on_prospect" if self.chance(50) else "open"
            return [self.event("lead.updated", {**by_email, "status": waiting})]
        if draw < 86:
            return [self.event("rep.away" if self.chance(40) else "rep.back", {"rep": self.random.choice(self.world.reps)})]
        if draw < 90:
            return [self.event("suppression.added", {**by_email, "scope": "person", "channel": "email"})]
        if draw < 94:
            return [self.event("intent.observed", {"domain": person["email"].split("@")[1], "score": 70})]
        if draw < 96:
            return [self.event("rep.away", {"rep": "nobody-knows"})]
        return [self.dispose(by_email)]

    def across(self, person):
        """What sends leads from desk to desk, or ends them on their way."""
        who, rep, draw = {"email": person["email"]}, self.random.choice(self.world.reps), self.random.randrange(100)
        if draw < 40:  # a score above the threshold routes it anew in the step that ends it
            visits = [self.visit(who) for _ in range(self.random.choice([0, 2, 3]))]
            return [*visits, self.event("lead.disposed", {**who, "status": self.random.choice(["nurture", "recycled"])})]
        if draw < 55:
            return [self.event("lead.owner_changed", {**who, "to": rep, "actor_type": "ops", "actor_id": "olga"})]
        if draw < 65:
            return [self.event("lead.claim", {"pool": self.random.choice(self.world.queues), "by": rep})]
        if draw < 75:
            return [self.event("account.upserted", {"domain": person["email"].split("@")[1],
                                                    "owner": rep if self.chance(60) else None})]
        if draw < 85:  # two turn out to be one
            other = self.random.choice(self.people)["email"]
            return [self.event("lead.updated", {"external_ids": {"crm:lead": person["id"]}, "email": other})]
        if draw < 90:
            return [self.event("rep.deactivated", {"rep": rep}), self.event("rep.upserted", {"id": rep})]
        return [self.submission(person), self.dispose(who), self.submission(person)]

    def dispose(self, who):
        status, reason = self.random.choice([("disqualified", "spam"), ("disqualified", "too_small"),
                                             ("recycled", "later"), ("nurture", "later"), ("converted", "won")])
        return self.event("lead.disposed", {**who, "status": status, "reason": reason})

    def react(self, output):
        """What reps and prospects do about an output: nothing, one event or two."""
        lead, rep, draw = output.lead, output.part("rep", "id"), self.random.randrange(100)
        kind = output.type.split(".", 1)[1]
        who = {"lead_id": lead}
        if output.topic == "assignments" and kind in ("routed", "reassigned", "released", "claimed"):
            touch = {**who, "rep": rep, "channel": "call", "direction": "outbound"}
            email = output.part("contact", "email")
            if draw < 40:
                by = {"by": rep} if self.chance(60) else {}
                again = [self.event("lead.accept", {**who, **by})] if self.chance(20) else []
                return [self.event("lead.accept", {**who, **by})] + again
            if draw < 52:
                return [self.event("lead.decline", {**who, **({"reason": "no_fit"} if self.chance(60) else {})})]
            if draw < 70:
                return [self.event("touch.recorded", {**touch, "outcome": self.random.choice(["connected", "voicemail"])})]
            if draw < 76:
                return [self.event("meeting.booked", {**who, "rep": rep})]
            if draw < 82:
                return [self.dispose(who)]
            if draw < 86:
                return [self.event("touch.recorded", {**who, "email": email, "channel": "email",
                                                      "direction": "inbound", "outcome": "unsubscribed"})]
            if draw < 90:
                return [self.event("touch.recorded", {**who, "channel": "email", "direction": "inbound",
                                                      "outcome": "replied", "reply": "positive"})]
        elif output.topic == "assignments" and kind == "queued" and draw < 70:
            named = who if self.chance(50) else {"pool": self.random.choice(self.world.queues)}
            return [self.event("lead.claim", {**named, "by": self.random.choice(self.world.reps)})]
        elif output.topic == "cadence" and kind == "step_due" and draw < 45:
            verdict = self.random.choice(["step.completed", "step.completed", "step.skipped", "step.failed"])
            return [self.event(verdict, {**who, "step": output.part("step_id")})]
        return []


class History:
    """A whole history for `simulate`, in rounds. With `jumps` time leaps now and then, and at its end, by more than
    `time.late`, as the clock of an engine does that was down."""

    def __init__(self, binary, seed, people, rounds=10, jumps=False, companies=len(COMPANIES),
                 world=ONE_DESK):
        self.binary, self.rounds, self.jumps = binary, rounds, jumps
        self.work = Workload(seed, companies=companies, world=world)
        self.per_round = max(people * 2 // rounds, 1)
        self.events, self.seen = [], set()
        self.now = recording.millis("2026-03-02T09:00:00Z")

    def stamp(self, event, late=False):
        time = self.now - (self.work.random.randrange(20_000) if late else 0)
        self.events.append({**event, "time": event.get("time") or recording.clock(time)})

    def add_round(self, outputs):
        work = self.work
        todo = [reaction for output in outputs for reaction in work.react(output)]
        moments = [[e] for e in todo] + [work.begin() for _ in range(self.per_round)]
        work.random.shuffle(moments)
        for moment in moments:
            self.now += work.random.choice([5, 20, 100, 500])
            for event in moment:
                self.stamp(event, late=work.chance(5))
                if work.chance(4):
                    self.events.append(dict(self.events[-1]))  # delivered twice
        if work.chance(60):
            again = dict(work.random.choice(self.events))  # the same id, but it says something else
            again["data"] = {**again["data"], "note": "another"}
            self.now += 10
            again["time"] = recording.clock(self.now)
            self.events.append(again)
        self.now += work.random.choice([1000, 3000, 7000])
        if self.jumps and work.chance(40):
            self.now += work.random.choice([61_000, 90_000, 600_000])

    def until(self):
        return recording.clock(self.now + 120_000)

    def new_outputs(self, outputs):
        fresh = [o for topic in ("assignments", "cadence") for o in outputs[topic] if o.id not in self.seen]
        self.seen.update(o.id for o in fresh)
        return sorted(fresh, key=lambda o: (o.at, o.topic, o.offset))

    def write(self, path):
        with tempfile.TemporaryDirectory() as folder:
            outputs = []
            for _ in range(self.rounds):
                self.add_round(outputs)
                with open(path, "w", encoding="utf-8") as file:
                    file.writelines(json.dumps(event) + "\n" for event in self.events)
                subprocess.run([self.binary, "simulate", "--rules", self.work.world.rules, "--events", path, "--out", folder,
                                "--until", recording.clock(self.now)], check=True, timeout=60,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                outputs = self.new_outputs(recording.read_outputs(folder))
        if not self.jumps:
            with open(path, "a", encoding="utf-8") as file:
                file.writelines(json.dumps(event) + "\n" for event in self.quiet_end())
        return self

    def quiet_end(self):
        """Visits of a stranger, so that time goes on in small steps until the last timer."""
        for after in range(1000, 120_000, 1000):
            yield {**self.work.visit({"anonymous_id": "stranger"}), "time": recording.clock(self.now + after)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--bin", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--desks", action="store_true")
    parser.add_argument("--out", required=True)
    given = parser.parse_args()
    history = History(os.path.join(given.bin, "pointsman"), given.seed, given.people,
                      world=MANY_DESKS if given.desks else ONE_DESK).write(given.out)
    print(history.until())


if __name__ == "__main__":
    main()
