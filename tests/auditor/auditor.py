#!/usr/bin/env python3
"""Judges a run from outside: what was sent against what came out.

usage: auditor.py --sent FILE --expect FILE (--out DIR | --url URL) [--until TIME] [--slack 2s] [--running]

Prints each finding with its evidence and exits 1 when there is one. `--until` is how far timers had the time to
run; `--running` leaves out what holds only once everything has settled. It reads topics and the facts of the rules
in `--expect`, and shares no code with the engine.
"""

import argparse
import collections
import json
import sys

import assignments
import cadences
import leads
import milestones
import recording


class Findings:
    def __init__(self):
        self.items = []

    def add(self, check, what, *evidence):
        self.items.append((check, what, [str(e) for e in evidence]))

    def checks(self):
        return {check for check, _, _ in self.items}

    def print(self, limit=40):
        for check, what, evidence in self.items[:limit]:
            print(f"FINDING {check}: {what}")
            for line in evidence[:6]:
                print(f"    {line}")
        if len(self.items) > limit:
            print(f"... and {len(self.items) - limit} more")


class Run:
    """Everything a check may look at."""

    def __init__(self, sent, outputs, expect, until=None, slack=2000, running=False):
        self.sent, self.outputs, self.expect = sent, outputs, expect
        self.slack, self.running = slack, running
        times = [o.at for topic in outputs.values() for o in topic] + [s.at for s in sent]
        self.until = until if until is not None else max(times, default=0)
        self.findings = Findings()

    def of(self, topic):
        return self.outputs.get(topic, [])

    def acked(self, *types):
        """Acknowledged live events of these types, one per (source, id): the first as sent."""
        seen = {}
        for s in self.sent:
            if s.acked and s.live and (not types or s.type in types):
                seen.setdefault(s.key, s)
        return list(seen.values())


def check_envelopes(run):
    """Ids are unique over all topics; correlation ids name events that were sent, one each."""
    seen, roots, names = {}, set(), {}
    known = {s.key[1] for s in run.sent}
    for topic, outputs in run.outputs.items():
        for output in outputs:
            if output.id in seen:
                run.findings.add("duplicate_output", f"output id {output.id} came out twice", seen[output.id], output)
            seen[output.id] = output
            if not output.correlation or not output.event.get("causationid"):
                run.findings.add("correlation", f"an output of {topic} names no cause", output)
            roots.add(output.correlation)
            named = output.part("request_id")
            if not named:
                continue
            if named not in known:
                run.findings.add("correlation", f"an output answers event {named}, which nobody sent", output)
            if names.setdefault(output.correlation, named) != named:
                run.findings.add("correlation", f"one root is event {names[output.correlation]} and {named}", output)
    roots_at_most = sum(max(s.tries, 1) for s in run.sent)
    if len(roots) > roots_at_most:
        run.findings.add("correlation", f"{len(roots)} root events, but only {roots_at_most} were sent")


def check_requests(run):
    """Each acknowledged request is answered once, by done, refused or a dead letter."""
    answers = collections.defaultdict(list)
    for output in run.of("assignments"):
        if output.type in ("request.done", "request.refused"):
            answers[output.part("request_source"), output.part("request_id")].append(output)
    dead = {(e.get("source"), e.get("id")) for e in map(recording.original_of, run.of("dead-letters")) if e}
    for request in run.acked("lead.claim", "lead.accept", "lead.decline"):
        got = answers.get(request.key, [])
        if len(got) > 1:
            run.findings.add("request_twice", f"request {request.key} was answered {len(got)} times", *got)
        if not got and request.key not in dead:
            run.findings.add("request_lost", f"{request.type} {request.key} was never answered", request.event)


def check_dead_letters(run):
    """Dead letters hold what was sent, once a problem; the engine itself never failed."""
    sent = {(s.event.get("source"), s.event.get("id")) for s in run.sent}
    seen = {}
    for letter in run.of("dead-letters"):
        event = recording.original_of(letter)
        key = (event.get("source"), event.get("id")) if event else None
        if key is not None and key not in sent:
            run.findings.add("dead_letter", f"a dead letter holds {key}, which nobody sent", letter)
        what = (key, letter.correlation, letter.part("reason"), letter.part("pointer"), letter.part("detail"))
        if key is not None and what in seen:
            run.findings.add("dead_letter", f"{what} was set aside twice", seen[what], letter)
        seen[what] = letter
    told = {letter.part("reason") for letter in run.of("dead-letters")}
    for reason in run.expect.get("dead_letters", []):
        if reason not in told:
            run.findings.add("dead_letter", f"no dead letter says {reason}, though such an event was sent")
    for alert in run.of("alerts"):
        if alert.part("severity") == "critical" and alert.part("code") not in run.expect.get("alerts", []):
            run.findings.add("engine_failure", f"{alert.part('code')}: {alert.part('what')}", alert)


CHECKS = (check_envelopes, check_requests, check_dead_letters, leads.check, assignments.check, milestones.check,
          cadences.check)


def judge(run):
    for check in CHECKS:
        check(run)
    return run.findings


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sent", required=True)
    parser.add_argument("--expect", required=True)
    parser.add_argument("--out")
    parser.add_argument("--url")
    parser.add_argument("--until")
    parser.add_argument("--slack", default="2s")
    parser.add_argument("--running", action="store_true")
    given = parser.parse_args()
    if (given.out is None) == (given.url is None):
        parser.error("give one of --out and --url")
    outputs = recording.read_outputs(given.out) if given.out else recording.fetch_outputs(given.url)
    with open(given.expect, encoding="utf-8") as file:
        expect = json.load(file)
    run = Run(recording.read_sent(given.sent), outputs, expect, recording.millis(given.until),
              recording.duration(given.slack), given.running)
    findings = judge(run)
    findings.print()
    count = sum(len(topic) for topic in outputs.values())
    print(f"{len(run.sent)} events sent, {count} outputs, {len(findings.items)} findings")
    return 1 if findings.items else 0


if __name__ == "__main__":
    sys.exit(main())
