"""What the checks share: events of a publisher, and an engine that the checks of a class use together."""

import itertools
import pathlib
import tempfile
import unittest

from engine import Engine

HERE = pathlib.Path(__file__).resolve().parent
RULES = HERE / "rules"
NUMBERS = itertools.count(1)


def event(kind, data=None, **more):
    return {"specversion": "1.0", "id": f"e{next(NUMBERS)}", "source": "test", "type": kind, "data": data or {}, **more}


def demo(**data):
    """A hand-raise of somebody new, so a lead that is routed at once to a rep."""
    email = f"kim{next(NUMBERS)}@corp{next(NUMBERS)}.example"
    return event("lead.submitted", {"email": email, "form": "demo", "hand_raise": True, **data})


def newsletter(**data):
    """A hand-raise that the rules put into the queue `waiting`."""
    return demo(form="newsletter", **data)


def held(title="suspicious", **data):
    """A hand-raise that nobody gets for an hour: by screening, or with the title `unclear` by the hold of routing."""
    return demo(title=title, **data)


def visit(**data):
    return event("site.visited", {"anonymous_id": f"browser{next(NUMBERS)}", "path": "/pricing", **data})


def is_of(sent):
    """Recognises an assignment's event by the address of what was sent."""
    email = sent["data"]["email"]
    return lambda out: out["data"].get("contact", {}).get("email") == email


class Check(unittest.TestCase):
    maxDiff = 4000

    def scratch(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return pathlib.Path(folder.name)

    def engine(self, rules=RULES, folder=None, **settings):
        """An engine of this check alone."""
        engine = Engine(folder or self.scratch(), rules, **settings)
        self.enterContext(engine) if hasattr(self, "enterContext") else self._enter(engine)
        return engine

    def _enter(self, engine):
        self.addCleanup(engine.__exit__)
        engine.start()

    def assert_problem(self, answer, status, code, *says, pointers=None):
        """RFC 9457 with our code; `says` are parts of the detail."""
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        problem = answer.json
        self.assertEqual((problem["status"], problem["code"]), (status, code), answer)
        self.assertEqual(problem["type"], f"urn:pointsman:{code}")
        for part in says:
            self.assertIn(part, problem["detail"])
        if pointers is not None:
            self.assertEqual([error["pointer"] for error in problem.get("errors", [])], pointers, answer)
        return problem


class SharedEngine(Check):
    """One engine for all checks of the class."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.shared = Engine(folder.name, RULES)
        cls.addClassCleanup(cls.shared.__exit__)
        cls.shared.start()

    def setUp(self):
        self.e = self.shared
        self.assertIsNone(self.e.process.poll(), "the engine has died: " + "".join(self.e.log[-20:]))
