"""Faults planted into a good recording. The auditor must name each; one it does not see is a fault of its own."""

import auditor
import recording
from tampered import Tampered


def output_duplicated(t):
    o = t.pick("assignments", "assignment.routed")
    t.insert_after(o, o)


def dedupe_skipped(t):
    """The same submission made a second lead."""
    o = t.pick("leads", "lead.created")
    t.insert_after(o, t.change(o, new_id=True, lead__id=o.lead[:-1] + "9"))


def dedupe_skipped_on_repeat(t):
    """A resent submission counted as one more by the same person."""
    o = t.pick("leads", "lead.created")
    d = t.pick("decisions", "decision.made")
    for _ in range(9):
        t.insert_after(d, t.change(d, new_id=True, lead__person_id=o.part("lead", "person_id"), kind="lifecycle",
                                   reason="repeat"))


def timer_lost(t):
    t.drop(t.pick("sla", "sla.breached"))


def hold_lost(t):
    """The end of a hold never came: nothing of the lead after it."""
    o = t.pick("leads", "lead.held")
    for topic in ("leads", "assignments", "decisions"):
        for other in [x for x in t.outputs[topic] if x.lead == o.lead and x is not o and x.type != "lead.created"]:
            t.drop(other)


def step_lapse_lost(t):
    o = t.pick("cadence", "cadence.step_closed", lambda o: o.part("reason") == "expired")
    name = o.part("enrolment_id")
    at = t.outputs["cadence"].index(o)
    for other in [x for x in t.outputs["cadence"][at:] if x.part("enrolment_id") == name]:
        t.drop(other)


def timer_fired_twice(t):
    o = t.pick("sla", "sla.warning")
    t.insert_after(o, t.change(o, new_id=True))


def breach_twice(t):
    o = t.pick("sla", "sla.breached")
    t.insert_after(o, t.change(o, new_id=True))


def breach_early(t):
    o = t.pick("sla", "sla.breached")
    t.replace(o, t.change(o, at=o.instant("due") - 1))


def rung_early(t):
    o = t.pick("sla", "sla.escalated", lambda o: o.part("rung") == "due")
    t.replace(o, t.change(o, at=o.instant("due") - 1))


def step_early(t):
    o = t.pick("cadence", "cadence.step_due")
    t.replace(o, t.change(o, at=o.instant("due") - 1))


def due_before_its_start(t):
    o = t.pick("sla", "sla.started", lambda o: o.instant("due"))
    t.replace(o, t.change(o, due=recording.clock(o.at - 3_600_000)))


def clock_kept_from_before(t):
    """A recycled lead comes back with the clock it had."""
    o = t.pick("assignments", "assignment.withdrawn")
    again = t.pick("sla", "sla.started", lambda s: s.lead == o.lead)
    t.outputs["sla"].append(t.change(again, new_id=True, at=o.at + 60_000, due=recording.clock(o.at + 90_000),
                                     started=recording.clock(o.at - 30_000)))


def met_after_due(t):
    o = t.pick("sla", "sla.met", lambda o: o.instant("due"))  # met while it is paused, it has none
    t.replace(o, t.change(o, met_at=recording.clock(o.instant("due") + 1)))


def cap_off_by_one(t):
    """The engine let one more through than the rules say: here the rules say one less."""
    most = {"hot": 3, "wide": 4}
    for name, limit in most.items():
        t.expect["pools"][name]["caps"] = [f"{limit} open"]


def rep_cap_off_by_one(t):
    for rep, limit in (("ana", 5), ("ben", 7)):
        t.expect["reps"][rep] = [f"{limit} open"]


def lead_in_two_places(t):
    """Taken from a rep who did not have it, so that two have it now."""
    o = t.pick("assignments", "assignment.reassigned", lambda o: o.part("previous_rep", "id"))
    t.replace(o, t.change(o, previous_rep__id="dev" if o.part("previous_rep", "id") != "dev" else "ana"))


def stage_skipped(t):
    o = t.pick("leads", "lead.stage_changed", lambda o: o.part("to_stage") == "assigned")
    t.replace(o, t.change(o, from_stage="working"))


def lead_lost_between_stages(t):
    """Account routed it, and its request never reached the desk."""
    o = t.pick("assignments", "assignment.routed")
    for other in [x for x in t.outputs["assignments"] if x.lead == o.lead]:
        t.drop(other)


def submission_lost(t):
    o = t.pick("leads", "lead.created")
    email = o.part("contact", "email")
    for topic in t.outputs:
        t.outputs[topic] = [x for x in t.outputs[topic]
                            if x.lead != o.lead and x.part("contact", "email") != email]


def seq_repeated(t):
    o = t.pick("assignments", "assignment.reassigned")
    t.replace(o, t.change(o, assignment__seq=o.part("assignment", "seq") - 1))


def routed_anew(t):
    """Of a lead that was withdrawn and routed anew: both outputs."""
    next_of = {}
    for o in reversed(t.outputs["assignments"]):
        if o.type == "assignment.withdrawn" and o.lead in next_of:
            return o, next_of[o.lead]
        if o.type == "assignment.routed":
            next_of[o.lead] = o
    return None, None


def ended_behind_the_next(t):
    """The desk that had it was slower than the one that got it."""
    ending, following = routed_anew(t)
    t.drop(ending)
    t.insert_after(following, ending)


def hand_over_without_end(t):
    """The desk that had it was never told, and its assignment stands beside the next one."""
    ending, _ = routed_anew(t)
    t.drop(ending)


def closed_lead_goes_on(t):
    """The desk never heard that the lead had ended, and gives it to another rep."""
    ended = {o.lead: o for o in t.outputs["assignments"] if o.type == "assignment.withdrawn"}
    closed = t.pick("leads", "lead.stage_changed", lambda o: o.part("to_stage") == "disqualified" and o.lead in ended)
    given = t.pick("assignments", "assignment.routed")
    t.insert_after(ended[closed.lead], t.change(given, new_id=True, at=closed.at + 20_000, lead__id=closed.lead))


def step_after_exit(t):
    o = t.pick("cadence", "cadence.exited")
    step = t.pick("cadence", "cadence.step_due")
    t.insert_after(o, t.change(step, new_id=True, at=o.at, step_id="e" * 32, enrolment_id=o.part("enrolment_id")))


def step_twice(t):
    o = t.pick("cadence", "cadence.step_due")
    t.insert_after(o, t.change(o, new_id=True))


def step_closed_twice(t):
    o = t.pick("cadence", "cadence.step_closed", lambda o: o.part("reason") == "expired")
    t.insert_after(o, t.change(o, new_id=True))


def step_to_suppressed(t):
    o = t.pick("cadence", "cadence.step_due", lambda o: o.part("channel") == "email")
    t.sent.append(recording.Sent({"id": "no", "source": "test", "type": "suppression.added", "data": {
        "email": o.part("contact", "email"), "scope": "person", "channel": "email"}}, at=o.at - 10_000))


def request_unanswered(t):
    t.drop(t.pick("assignments", "request.done"))


def request_answered_twice(t):
    o = t.pick("assignments", "request.refused")
    t.insert_after(o, t.change(o, new_id=True))


def cause_unknown(t):
    o = t.pick("assignments", "request.done")
    t.replace(o, t.change(o, request_id="nobody-sent-this"))


def rotation_unfair(t):
    """Chloe is passed over again and again."""
    for o in list(t.outputs["decisions"]):
        if o.part("kind") == "assignment" and o.part("winner") == "chloe":
            t.replace(o, t.change(o, winner="ana", passed_over=["chloe: not_their_turn", "ben: not_their_turn"]))
    o = t.pick("decisions", "decision.made", lambda o: o.part("winner") == "ana")
    for _ in range(4000):
        t.insert_after(o, t.change(o, new_id=True, kind="assignment", reason="rotation", winner="ana",
                                   passed_over=["chloe: not_their_turn", "ben: not_their_turn"]))


def engine_failed(t):
    o = t.outputs["alerts"][0]
    t.replace(o, t.change(o, severity="critical", code="step_failed"))


# What each fault must be found as.
FAULTS = {
    output_duplicated: {"duplicate_output"},
    dedupe_skipped: {"handled_twice"},
    dedupe_skipped_on_repeat: {"handled_twice"},
    timer_lost: {"timer_lost", "sla_open_twice"},
    hold_lost: {"timer_lost"},
    step_lapse_lost: {"timer_lost"},
    timer_fired_twice: {"timer_twice"},
    breach_twice: {"sla_end_twice"},
    breach_early: {"sla_breach_early"},
    rung_early: {"timer_early"},
    step_early: {"timer_early"},
    due_before_its_start: {"sla_start"},
    clock_kept_from_before: {"sla_start"},
    met_after_due: {"sla_met_late"},
    cap_off_by_one: {"cap"},
    rep_cap_off_by_one: {"cap"},
    lead_in_two_places: {"two_places"},
    stage_skipped: {"two_places"},
    lead_lost_between_stages: {"lead_lost"},
    submission_lost: {"submission_lost"},
    seq_repeated: {"seq"},
    ended_behind_the_next: {"seq"},
    hand_over_without_end: {"two_places"},
    closed_lead_goes_on: {"closed_lead"},
    step_after_exit: {"after_exit"},
    step_twice: {"step_twice"},
    step_closed_twice: {"step_closed_twice"},
    step_to_suppressed: {"suppressed"},
    request_unanswered: {"request_lost"},
    request_answered_twice: {"request_twice"},
    cause_unknown: {"correlation"},
    rotation_unfair: {"rotation"},
    engine_failed: {"engine_failure"},
}

# Shows only in a recording that reaches the limit it moves; one such recording is enough.
NEEDS_THE_LIMIT = {cap_off_by_one, rep_cap_off_by_one}


def plant_all(runs):
    """Each fault in each of the good runs (by their seed): whether the auditor saw it, with a line that says so."""
    for plant, wanted in FAULTS.items():
        found = {seed: is_found(plant, wanted, run, seed) for seed, run in runs.items()}
        tried = [good for good in found.values() if good is not None]
        enough = any(tried) if plant in NEEDS_THE_LIMIT else bool(tried) and all(tried)
        yield enough, f"planted: {plant.__name__} ({len(tried)} recordings) {found if not all(tried) else ''}"


def is_found(plant, wanted, run, seed):
    """The fault's name is among the findings. None: the recording holds nothing to spoil."""
    tampered = Tampered(run, seed)
    try:
        plant(tampered)
    except (AttributeError, IndexError, KeyError):
        return None
    again = auditor.Run(tampered.sent, tampered.outputs, tampered.expect, run.until, run.slack)
    return bool(auditor.judge(again).checks() & wanted)
