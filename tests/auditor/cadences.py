"""Cadences: steps come once and close once, none after an exit, none to people who must not be contacted."""

import recording


class Enrolment:
    def __init__(self, enrolled):
        self.last = enrolled
        self.ended = None
        self.steps = {}


class Step:
    def __init__(self, due):
        self.due = due
        self.expires = due.instant("expires")
        self.closed = self.cancelled = None
        self.reports = 0


def follow(run):
    enrolments, steps = {}, {}
    for output in run.of("cadence"):
        name, kind = output.part("enrolment_id"), output.type.split(".")[1]
        if kind == "enrolled":
            if name in enrolments:
                run.findings.add("enrolled_twice", f"enrolment {name} began twice", enrolments[name].last, output)
            enrolments[name] = Enrolment(output)
            continue
        enrolment = enrolments.get(name)
        if enrolment is None:
            run.findings.add("cadence_state", f"{kind} of enrolment {name}, which never began", output)
            continue
        if kind.startswith("step_"):
            follow_step(run, enrolment, steps, kind, output)
        elif enrolment.ended is not None:
            run.findings.add("after_exit", f"{kind} after the end of enrolment {name}", enrolment.ended, output)
        if kind in ("exited", "finished"):
            enrolment.ended = output
        enrolment.last = output
    return enrolments, steps


def follow_step(run, enrolment, steps, kind, output):
    name = output.part("step_id")
    step = steps.get(name)
    if kind == "step_due":
        if step is not None:
            run.findings.add("step_twice", f"step {name} was due twice", step.due, output)
        if enrolment.ended is not None:
            run.findings.add("after_exit", f"step {name} is due after the end", enrolment.ended, output)
        if output.at < (output.instant("due") or 0):
            run.findings.add("timer_early", f"step {name} came before its due", output)
        steps[name] = enrolment.steps[name] = Step(output)
        return
    if step is None:
        # A step that was skipped never came out: its closing is all there is of it.
        if kind != "step_closed":
            run.findings.add("cadence_state", f"{kind} of step {name}, which never came", output)
        steps[name] = Step(output)
        steps[name].closed = output
        return
    if kind == "step_cancelled":
        if step.closed or step.cancelled:
            run.findings.add("step_closed_twice", f"step {name} was cancelled after its end",
                             step.closed or step.cancelled, output)
        step.cancelled = output
    elif kind == "step_rescheduled":
        step.expires = output.instant("expires")
    elif kind == "step_closed":
        # What was issued, or recalled, may be reported on once more: it failed, or was done all the same.
        was_issued = step.closed is not None and step.closed.part("reason") == "issued"
        if step.closed is not None and not (was_issued and step.reports == 0):
            run.findings.add("step_closed_twice", f"step {name} was closed twice", step.closed, output)
        if was_issued:
            step.reports += 1
        if output.part("reason") == "expired" and output.at < (step.expires or 0):
            run.findings.add("timer_early", f"step {name} lapsed before {recording.clock(step.expires)}", step.due, output)
        step.closed = step.closed if was_issued else output


def check_suppressed(run, steps):
    """An address whose owner has said no gets no e-mail step, from a tick after the engine took the word. It takes
    no word about a lead that nobody knows."""
    refused = {}
    dead = {(e.get("source"), e.get("id")) for e in map(recording.original_of, run.of("dead-letters")) if e}
    for event in run.acked("suppression.added", "touch.recorded"):
        if event.key in dead:
            continue
        email = event.data.get("email", "").lower()
        no = event.data.get("outcome") == "unsubscribed" if event.type == "touch.recorded" \
            else event.data.get("channel") in (None, "email")
        if email and no:
            refused[email] = min(event.at, refused.get(email, recording.NEVER))
    for step in steps.values():
        email = step.due.part("contact", "email")
        if step.due.type == "cadence.step_due" and step.due.part("channel") == "email" and email in refused \
                and step.due.at > refused[email] + run.slack:
            run.findings.add("suppressed", f"{email} said no at {recording.clock(refused[email])}", step.due)


def check(run):
    enrolments, steps = follow(run)
    check_suppressed(run, steps)
    for name, enrolment in enrolments.items():
        for step_name, step in enrolment.steps.items():
            over = step.closed or step.cancelled
            if not over and enrolment.ended is not None:
                run.findings.add("step_open", f"step {step_name} is open after the end of {name}", step.due,
                                 enrolment.ended)
            elif not over and step.expires is not None and step.expires + run.slack < run.until \
                    and enrolment.last.type != "cadence.paused":
                run.findings.add("timer_lost", f"step {step_name} was to lapse at {recording.clock(step.expires)}",
                                 step.due)
