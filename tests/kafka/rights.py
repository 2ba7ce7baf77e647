"""Who may not come in hears why, and a worker needs no more rights than the guide names (docs/guide/kafka.md, Rights).

A broker of its own: one way in without a login, whose user may do everything, and one with.
"""

import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support/kafka"))

import scratch  # noqa: E402
from broker import Cluster  # noqa: E402
from crew import BIN, Worker, are_ready, command, until  # noqa: E402

PARTITIONS = 2
REFUSED, UNREACHABLE = 78, 69
RULES = ROOT / "rules/packs/inbound-saas"
PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule required user_us=right;"
SETTINGS = {
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,PROXIED:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
    "listener.name.proxied.sasl.enabled.mechanisms": "PLAIN",
    "listener.name.proxied.plain.sasl.jaas.config": PLAIN,
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": "User:ANONYMOUS",
}


def rights_of(prefix, *more):
    """Of a worker, as the guide's table has them: operations, what they are on. `more`: on its topics."""
    prefixed = ["--resource-pattern-type", "prefixed"]
    return [(["Read", "Write", "DescribeConfigs", *more], ["--topic", f"{prefix}.", *prefixed]),
            (["Read", "DescribeConfigs"], ["--topic", "web"]),
            (["Read"], ["--group", prefix, *prefixed]),
            (["Describe"], ["--group", "pointsman-reader"]),
            (["Write"], ["--transactional-id", f"{prefix}-", *prefixed])]


def allow(node, rights):
    for operations, on in rights:
        words = [word for one in operations for word in ("--operation", one)]
        run = subprocess.run(["java", "-XX:TieredStopAtLevel=1", "-cp", f"{node.lib}/*", "kafka.admin.AclCommand", "--bootstrap-server",
                              node.address, "--add", "--allow-principal", "User:us", *words, *on],
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
        assert run.returncode == 0, run.stdout


def configure(worker, more):
    """On top of what a worker has."""
    text = worker.config.read_text(encoding="utf-8").rstrip().removesuffix("}")
    worker.config.write_text(f"{text}, {more} }}\n", encoding="utf-8")
    return worker


def login(password):
    return f"sasl: {{ mechanism: PLAIN, user: us, password: {{ file: {password} }} }}"


def logins_and_rights_are_what_the_guide_says(_):
    folder = scratch.make("rights")
    (folder / "right").write_text("right\n", encoding="utf-8")
    (folder / "wrong").write_text("wrong\n", encoding="utf-8")
    with Cluster(proxied=True, heap="256m", settings=SETTINGS) as cluster:
        node = cluster.nodes[1]

        def worker(number, address, more):
            return configure(Worker(folder, number, RULES, address, "pm", ["web"], PARTITIONS), more)

        wrong = worker(1, cluster.proxied_address, login(folder / "wrong"))
        told = command(wrong, "topics", "check", expect=REFUSED)
        assert "Authentication failed" in told and "PM0535" in told, told
        wrong.spawn()
        assert wrong.ended() == REFUSED and "Authentication failed" in wrong.log(), wrong.log()
        told = command(worker(2, cluster.address, "tls: {}"), "topics", "check", expect=REFUSED)
        assert "SSL handshake failed" in told, told
        told = command(worker(3, cluster.proxied_address, "rack: a"), "topics", "check", expect=UNREACHABLE)
        assert "security.protocol" in told and "`sasl`" in told, told

        ours = worker(4, cluster.proxied_address, login(folder / "right"))
        allow(node, rights_of("pm"))
        assert "created pm.control" in command(worker(7, cluster.address, "rack: a"), "topics", "create")
        ours.start()
        until(lambda: are_ready([ours], 3 * PARTITIONS), "a worker with its rights alone", [ours])
        assert "clock" in command(ours, "workers"), ours.log()
        assert ours.end(15) == 0, ours.log()
        java = worker(5, cluster.address, "properties: { delivery.timeout.ms: 120000 }")  # what Java has by default
        java.spawn()
        assert java.ended() == REFUSED and "`message.timeout.ms` must be" in java.log(), java.log()
        allow(node, rights_of("other", "Create"))
        moved = configure(Worker(folder, 6, RULES, cluster.proxied_address, "other", ["web"], PARTITIONS + 1), login(folder / "right"))
        told = subprocess.run([BIN / "pointsman", "reshape", "--from", ours.config, "--to", moved.config], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=120, check=False)
        assert told.returncode == 0, told.stdout
    shutil.rmtree(folder)


TESTS = (logins_and_rights_are_what_the_guide_says,)
if __name__ == "__main__":
    TESTS[0](None)
